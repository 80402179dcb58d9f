//! The JSON body of a request. The suppliers file has it as TOML, with templates for its strings.

use serde_json::{Map, Value as Json};

use super::{
    placeholder::{Context, Placeholder},
    template::{InvalidTemplate, Template},
};
use crate::file::secrets::SecretLookup;

/// A table with this key alone becomes an array: its value, once for each slice of the search.
const EACH_SLICE: &str = "each_slice";
/// The same for each passenger.
const EACH_PASSENGER: &str = "each_passenger";

/// The JSON body of a request.
#[derive(Clone)]
pub(super) enum BodyTemplate {
    Text(Template),
    /// A string that is a placeholder only becomes a number if that has one, as most APIs expect. A member of an object
    /// is left out if the search has no value for it.
    Value(Placeholder),
    Array(Vec<BodyTemplate>),
    EachSlice(Box<BodyTemplate>),
    EachPassenger(Box<BodyTemplate>),
    Object(Vec<(String, BodyTemplate)>),
    Constant(Json),
}

impl BodyTemplate {
    /// Parses the body from the suppliers file.
    pub(super) fn parse(body: &toml::Value, secrets: SecretLookup<'_>) -> Result<Self, InvalidTemplate> {
        Ok(match body {
            toml::Value::String(text) => {
                let template = Template::parse(text, secrets)?;
                template.as_placeholder().map_or(Self::Text(template), Self::Value)
            }
            toml::Value::Array(items) => {
                let items = items.iter().map(|item| Self::parse(item, secrets));
                Self::Array(items.collect::<Result<_, _>>()?)
            }
            toml::Value::Table(table) => Self::parse_table(table, secrets)?,
            toml::Value::Integer(number) => Self::Constant((*number).into()),
            toml::Value::Float(number) => Self::Constant((*number).into()),
            toml::Value::Boolean(value) => Self::Constant((*value).into()),
            toml::Value::Datetime(time) => Self::Constant(time.to_string().into()),
        })
    }

    fn parse_table(table: &toml::Table, secrets: SecretLookup<'_>) -> Result<Self, InvalidTemplate> {
        let only = |name: &str| table.get(name).filter(|_| table.len() == 1);
        if let Some(item) = only(EACH_SLICE) {
            return Ok(Self::EachSlice(Self::parse(item, secrets)?.into()));
        }
        if let Some(item) = only(EACH_PASSENGER) {
            return Ok(Self::EachPassenger(Self::parse(item, secrets)?.into()));
        }
        let items = table.iter().map(|(key, item)| Ok((key.clone(), Self::parse(item, secrets)?)));
        Ok(Self::Object(items.collect::<Result<_, InvalidTemplate>>()?))
    }

    /// The body for a search. `None` for a placeholder without a value.
    pub(super) fn render(&self, context: Context<'_>) -> Option<Json> {
        Some(match self {
            Self::Text(template) => template.render(context).into(),
            Self::Value(placeholder) => placeholder.value(context)?.into(),
            Self::Array(items) => items.iter().filter_map(|item| item.render(context)).collect(),
            Self::EachSlice(item) => context.each_slice().filter_map(|slice| item.render(slice)).collect(),
            Self::EachPassenger(item) => {
                context.each_passenger().filter_map(|passenger| item.render(passenger)).collect()
            }
            Self::Object(items) => {
                let items = items.iter().filter_map(|(key, item)| Some((key.clone(), item.render(context)?)));
                Json::Object(items.collect::<Map<_, _>>())
            }
            Self::Constant(value) => value.clone(),
        })
    }

    /// Whether it has this placeholder, or describes each slice.
    pub(super) fn has(&self, wanted: Placeholder) -> bool {
        match self {
            Self::Text(template) => template.has(wanted),
            Self::Value(placeholder) => *placeholder == wanted,
            Self::Array(items) => items.iter().any(|item| item.has(wanted)),
            Self::EachSlice(item) | Self::EachPassenger(item) => item.has(wanted),
            Self::Object(items) => items.iter().any(|(_, item)| item.has(wanted)),
            Self::Constant(_) => false,
        }
    }

    /// Whether it has this placeholder outside of `each_passenger`.
    pub(super) fn has_outside_of_passengers(&self, wanted: Placeholder) -> bool {
        match self {
            Self::EachPassenger(_) => false,
            Self::Array(items) => items.iter().any(|item| item.has_outside_of_passengers(wanted)),
            Self::EachSlice(item) => item.has_outside_of_passengers(wanted),
            Self::Object(items) => items.iter().any(|(_, item)| item.has_outside_of_passengers(wanted)),
            Self::Text(_) | Self::Value(_) | Self::Constant(_) => self.has(wanted),
        }
    }

    /// Whether it describes each slice.
    pub(super) fn has_each_slice(&self) -> bool {
        match self {
            Self::EachSlice(_) => true,
            Self::Array(items) => items.iter().any(Self::has_each_slice),
            Self::Object(items) => items.iter().any(|(_, item)| item.has_each_slice()),
            Self::EachPassenger(item) => item.has_each_slice(),
            Self::Text(_) | Self::Value(_) | Self::Constant(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::{
        SearchQuery,
        search::{Adults, Passengers, Slice, Slices, TimeWindow},
    };
    use serde_json::json;

    use super::*;
    use crate::testing::query;

    fn render(toml: &str, query: &SearchQuery) -> Json {
        let body = toml::from_str(toml).unwrap();
        BodyTemplate::parse(&body, &|_| None).unwrap().render(Context::of(query)).unwrap()
    }

    fn return_for_a_family() -> SearchQuery {
        let there = Slice::new("CGK".parse().unwrap(), "DPS".parse().unwrap(), "2025-07-10".parse().unwrap());
        let there = there.unwrap();
        let slices = Slices::new(vec![there, there.back("2025-07-17".parse().unwrap())]).unwrap();
        let adults: Adults = 1.try_into().unwrap();
        let child = 7.try_into().unwrap();
        let passengers = Passengers::new(adults, [child].into_iter().collect(), std::iter::empty().collect());
        SearchQuery::new(slices, passengers.unwrap())
    }

    #[test]
    fn lone_placeholders_are_numbers_and_absent_ones_are_left_out() {
        let toml =
            "n = \"{passengers}\"\nback = \"{return_date}\"\ncabin = \"{cabin}\"\ntext = \"{adults} adults\"";
        assert_eq!(render(toml, &query("CGK", "DPS")), json!({"n": 2, "text": "2 adults"}));
        let family = json!({"n": 2, "back": "2025-07-17", "text": "1 adults"});
        assert_eq!(render(toml, &return_for_a_family()), family);
    }

    #[test]
    fn windows_are_those_of_their_slice_and_left_out_where_it_has_none() {
        let at = |text: &str| Some(text.parse().unwrap());
        let slice = |from: &str, to: &str, date: &str| {
            Slice::new(from.parse().unwrap(), to.parse().unwrap(), date.parse().unwrap()).unwrap()
        };
        let any = TimeWindow::default();
        let morning = TimeWindow::new(at("06:00"), at("09:30")).unwrap();
        let evening = TimeWindow::new(at("18:05"), None).unwrap();
        let slices = vec![
            slice("CGK", "DPS", "2025-07-10").within(morning, any),
            slice("DPS", "SUB", "2025-07-12").within(any, evening),
            slice("SUB", "CGK", "2025-07-14"),
        ];
        let query = SearchQuery { slices: Slices::new(slices).unwrap(), ..query("CGK", "DPS") };
        let toml = "first = \"{departure_earliest}\"\n[legs.each_slice]\nfrom = \"{from}\"\n\
                    window = { after = \"{departure_earliest}\", before = \"{departure_latest}\" }\n\
                    arrival = { after = \"{arrival_earliest}\", before = \"{arrival_latest}\" }";
        let legs = json!([
            {"from": "CGK", "window": {"after": "06:00", "before": "09:30"}, "arrival": {}},
            {"from": "DPS", "window": {}, "arrival": {"after": "18:05"}},
            {"from": "SUB", "window": {}, "arrival": {}},
        ]);
        assert_eq!(render(toml, &query), json!({"first": "06:00", "legs": legs}));
    }

    #[test]
    fn slices_and_passengers_are_lists() {
        let toml = "legs = { each_slice = { from = \"{from}\", on = \"{date}\" } }\n\
                    who = { each_passenger = { type = \"{passenger_type}\", age = \"{age}\" } }";
        assert_eq!(
            render(toml, &return_for_a_family()),
            json!({
                "legs": [{"from": "CGK", "on": "2025-07-10"}, {"from": "DPS", "on": "2025-07-17"}],
                "who": [{"type": "adult"}, {"type": "child", "age": 7}],
            })
        );
    }
}
