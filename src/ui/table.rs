//! Tables for people: aligned columns, no borders.

use std::iter;

use console::measure_text_width;

use super::sanitize;

const GAP: usize = 2;

/// Rows below a heading.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// No rows yet.
    pub fn new<'a>(heading: impl IntoIterator<Item = &'a str>) -> Self {
        let heading = heading.into_iter().map(ToOwned::to_owned).collect();
        Self {
            rows: vec![heading],
        }
    }

    /// Adds a row. Cells may hold text of others: commit messages, names.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let cells = cells
            .into_iter()
            .map(|cell| sanitize::line(cell).into_owned());
        self.rows.push(cells.collect());
    }

    /// The lines, without spaces at their ends; ends with a line end.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells
                    .map(|cell| measure_text_width(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        self.rows.iter().map(|row| line(row, &widths)).collect()
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let padded = iter::zip(row, widths).map(|(cell, width)| {
        let padding = width - measure_text_width(cell) + GAP;
        format!("{cell}{}", " ".repeat(padding))
    });
    format!("{}\n", padded.collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_is_visible() {
        let mut table = Table::new(["VERSION", "COMMIT", "CREATED"]);
        table.row(["v1.2.0-g3f9c2d1a-r7", "Größe 字", "3 days ago"]);
        table.row(["v1.1.0-g0a1b2c3d-r6", "\u{1b}[31mfix\n", ""]);
        insta::assert_snapshot!(table.render(), @r"
        VERSION              COMMIT    CREATED
        v1.2.0-g3f9c2d1a-r7  Größe 字  3 days ago
        v1.1.0-g0a1b2c3d-r6  fix
        ");
    }
}
