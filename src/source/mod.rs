//! The git repository: its state, and the files that make up an app's content. The only user of
//! `git2`; reads only, and runs nothing that the repository configures.

mod beneath;
mod blob;
mod checkout;
mod collector;
mod commits;
mod compare;
mod convert;
mod excludes;
mod gitignore;
mod glob;
mod history;
mod index;
mod layout;
mod links;
mod listing;
mod queue;
mod remembered;
mod staged;
mod state;
mod times;
mod visit;
mod walk;

pub use crate::context::{ContextFile, FileKind, LeftOut, Listing, Rule};
pub use crate::image::Head;
pub use checkout::{CheckoutRequest, checkout, without_user_info};
pub use excludes::Excludes;
pub use listing::ListingRequest;
pub use state::Source;
pub use times::FileTimes;
