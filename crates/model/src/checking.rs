use stateright::{Model, Property};

use crate::{
    Action, State, World,
    gateway::Gateway,
    properties,
    redis::{Clock, Redis},
    worker::Worker,
};

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            redis: Redis::default(),
            saved: None,
            clock: Clock::Running,
            sent: 0,
            gateways: std::array::from_fn(
                |at| if at < self.gateways { Gateway::Idle } else { Gateway::Dead },
            ),
            workers: std::array::from_fn(|_| Worker::default()),
            left: self.faults,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.progress(state, actions);
        self.faults(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        state.act(action, self.guards)?;
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
