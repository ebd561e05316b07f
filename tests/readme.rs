//! README.md shows what the binary prints. Its first block needs an engine: `scripts/check-readme` checks
//! that one.

#[test]
fn the_readme_shows_what_is_printed() {
    trycmd::TestCases::new().case("README.md");
}
