use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::{SupplierCode, SupplierListing};

/// The suppliers that the workers publish; empty until a worker has.
#[derive(Debug, Default)]
pub(crate) struct KnownSuppliers(Mutex<Vec<SupplierListing>>);

impl KnownSuppliers {
    /// Replaces the list.
    pub(crate) fn set(&self, suppliers: Vec<SupplierListing>) {
        *self.lock() = suppliers;
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<SupplierListing> {
        self.lock().clone()
    }

    /// The suppliers with these codes; all if there are no codes.
    pub(crate) fn selected(&self, codes: &[SupplierCode]) -> Vec<SupplierListing> {
        let mut suppliers = self.all();
        if !codes.is_empty() {
            suppliers.retain(|listing| codes.contains(&listing.code));
        }
        suppliers
    }

    /// The codes that are not in the list; none while the list is empty.
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
