use std::sync::Mutex;

use super::{Display, Sink};
use crate::report::{Event, Reporter};
use crate::ui::palette::Palette;
use crate::ui::sanitize;

/// `--quiet`: warnings, and nothing else.
pub struct WarningsOnly {
    sink: Mutex<Sink>,
    palette: Palette,
}

impl WarningsOnly {
    /// Warnings on `sink`.
    pub fn new(sink: Sink, palette: Palette) -> Self {
        Self {
            sink: Mutex::new(sink),
            palette,
        }
    }
}

impl Reporter for WarningsOnly {
    fn report(&self, event: Event) {
        if let Event::Warning(text) = event {
            let mut sink = self.sink.lock().expect("no holder panics");
            // Nobody is left to tell when stderr is closed.
            let _ = writeln!(
                sink,
                "{}: {}",
                self.palette.warning("warning"),
                sanitize::block(&text)
            );
        }
    }
}

impl Display for WarningsOnly {
    fn finish(&self) {}
}
