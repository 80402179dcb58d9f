use std::sync::Arc;

use axum::extract::State;
use contracts::operators::{SupplierAtWorker, SupplierList, SupplierState, WorkerList, WorkerSnapshot};

use crate::{
    problem::{Answer, ask},
    state::Console,
};

/// `GET /api/workers`.
pub(crate) async fn list(State(console): State<Arc<Console>>) -> Answer<WorkerList> {
    ask(&console.broker, "Workers", async { Ok(console.broker.worker_list().await?) }).await
}

/// `GET /api/suppliers`.
pub(crate) async fn suppliers(State(console): State<Arc<Console>>) -> Answer<SupplierList> {
    let read = async { Ok(by_supplier(console.broker.snapshots().await?)) };
    ask(&console.broker, "Suppliers", read).await
}

/// The same, by supplier. Those whose breaker is not closed at any worker come first.
fn by_supplier(snapshots: Vec<(String, WorkerSnapshot)>) -> SupplierList {
    let mut list = SupplierList::default();
    for (worker, snapshot) in snapshots {
        list.left_out += snapshot.suppliers_left_out;
        for supplier in snapshot.suppliers {
            let known = list.suppliers.iter().position(|known| known.code == supplier.code);
            let at = known.unwrap_or_else(|| {
                let (code, name) = (supplier.code.clone(), supplier.name.clone());
                list.suppliers.push(SupplierState { code, name, workers: Vec::new() });
                list.suppliers.len() - 1
            });
            let worker = worker.clone();
            list.suppliers[at].workers.push(SupplierAtWorker { worker, at: snapshot.at, supplier });
        }
    }
    list.suppliers
        .sort_by_key(|supplier| supplier.workers.iter().all(|worker| worker.supplier.breaker == "closed"));
    list
}
