use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::{SupplierCode, SupplierListing};

/// The suppliers that the workers ask, as they say; none while no worker has said so.
#[derive(Debug, Default)]
pub(crate) struct KnownSuppliers(Mutex<Vec<SupplierListing>>);

impl KnownSuppliers {
    /// The workers ask these.
    pub(crate) fn set(&self, suppliers: Vec<SupplierListing>) {
        *self.lock() = suppliers;
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<SupplierListing> {
        self.lock().clone()
    }

    /// Those that a search asks which is limited to these codes; all if it is limited to none.
    pub(crate) fn selected(&self, codes: &[SupplierCode]) -> Vec<SupplierListing> {
        let mut suppliers = self.all();
        if !codes.is_empty() {
            suppliers.retain(|listing| codes.contains(&listing.code));
        }
        suppliers
    }

    /// The codes that no worker knows. None while no worker has said what it knows.
    pub(crate) fn unknown<'a>(&self, codes: &'a [SupplierCode]) -> Vec<&'a SupplierCode> {
        let suppliers = self.lock();
        if suppliers.is_empty() {
            return Vec::new();
        }
        let is_known = |code: &SupplierCode| suppliers.iter().any(|listing| listing.code == *code);
        codes.iter().filter(|code| !is_known(code)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SupplierListing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
