//! 利用統計: the published figures as words, charts and one table, the same as a file, and the last of them on the overview.
//! Numbers of residents come in as `Cell`, `BandCell` and `DisclosedFigure` only, and are never added, divided or compared
//! beyond which is larger.

mod band_table;
mod cells_table;
mod csv;
mod page;
mod period;
pub(crate) mod recent_panel;
mod summary;
mod text;

use domain::paths::Route;

use crate::pages::{PageRoute, page};

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![page(Route::ConsoleUsage, page::show), page(Route::ConsoleUsageCsv, csv::show)]
}
