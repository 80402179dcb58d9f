use clap::Args;
use contracts::{SearchId, SupplierCode};

use super::shared::{GatewayArgs, ShowArgs};

/// Follow a search to its end, from its first answer on
#[derive(Args, Clone, Debug)]
pub(crate) struct FollowArgs {
    /// The search's id
    pub(crate) id: SearchId,

    #[command(flatten)]
    pub(crate) show: ShowArgs,

    #[command(flatten)]
    pub(crate) gateway: GatewayArgs,
}

/// Cancel a search
#[derive(Args, Clone, Debug)]
pub(crate) struct CancelArgs {
    /// The search's id
    pub(crate) id: SearchId,

    #[command(flatten)]
    pub(crate) gateway: GatewayArgs,
}

/// Show an offer: its flights, and every seller's price with baggage and conditions
#[derive(Args, Clone, Debug)]
pub(crate) struct OfferArgs {
    /// The search's id
    pub(crate) id: SearchId,

    /// The offer's id, or the first digits of it, or its flight number if no other offer has it
    pub(crate) offer: String,

    /// Print the offer as one line of JSON instead
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) gateway: GatewayArgs,
}

/// Ask a seller for its price of an offer now
#[derive(Args, Clone, Debug)]
pub(crate) struct CheckArgs {
    /// The search's id
    pub(crate) id: SearchId,

    /// The offer's id, or the first digits of it, or its flight number if no other offer has it
    pub(crate) offer: String,

    /// The seller's code
    pub(crate) supplier: SupplierCode,

    /// The fare brand, like "Eco Flex" [default: the seller's cheapest]
    #[arg(long, value_name = "NAME")]
    pub(crate) fare_brand: Option<String>,

    /// Print each event of the check as one line of JSON instead
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) gateway: GatewayArgs,
}
