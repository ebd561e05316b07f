//! What colours mean.

use console::Style;

/// Colours of one stream, or none when it isn't a terminal or the user wants none.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    enabled: bool,
}

impl Palette {
    /// With colours.
    pub const COLORFUL: Self = Self { enabled: true };
    /// Without colours.
    pub const NONE: Self = Self { enabled: false };

    /// Whether there are any.
    pub fn has_colors(self) -> bool {
        self.enabled
    }

    /// Something failed.
    pub fn failure(self, text: &str) -> String {
        self.apply(Style::new().red().bold(), text)
    }

    /// Something to look at.
    pub fn warning(self, text: &str) -> String {
        self.apply(Style::new().yellow().bold(), text)
    }

    /// Something the user can do.
    pub fn hint(self, text: &str) -> String {
        self.apply(Style::new().cyan().bold(), text)
    }

    /// Something worked.
    pub fn success(self, text: &str) -> String {
        self.apply(Style::new().green(), text)
    }

    /// A heading or name.
    pub fn strong(self, text: &str) -> String {
        self.apply(Style::new().bold(), text)
    }

    /// Less important than what surrounds it.
    pub fn dim(self, text: &str) -> String {
        self.apply(Style::new().dim(), text)
    }

    /// One of several that stand among each other, always in the colour that `key` gives.
    pub fn one_of_many(self, text: &str, key: &str) -> String {
        const COLORS: [u8; 6] = [6, 5, 4, 2, 3, 14];
        let sum: usize = key.bytes().map(usize::from).sum();
        self.apply(Style::new().color256(COLORS[sum % COLORS.len()]), text)
    }

    fn apply(self, style: Style, text: &str) -> String {
        style.force_styling(self.enabled).apply_to(text).to_string()
    }
}
