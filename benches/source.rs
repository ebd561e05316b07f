//! How long git state and listing take: `cargo bench --bench source -- FOLDER…`, on repositories
//! made by `scripts/bench/make-repository`. Prints the median and the best of 15, in milliseconds.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use paas::source::{ListingRequest, Source};

fn main() {
    for folder in std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
    {
        let folder = Path::new(&folder);
        measure(folder, "head", || {
            Source::discover(folder).unwrap().head().unwrap();
        });
        let cache = std::env::temp_dir().join("paas-bench-cache");
        measure(folder, "head, cached", || {
            let source = Source::discover(folder).unwrap();
            source.head_with_cache(&cache).unwrap();
        });
        measure(folder, "listing", || {
            Source::discover(folder)
                .unwrap()
                .listing(&ListingRequest::default())
                .unwrap();
        });
        let excludes = ["docs/**", "**/*.md", "!src/**/README.md", "build"].map(str::to_owned);
        let request = ListingRequest {
            exclude: excludes.to_vec(),
            ..ListingRequest::default()
        };
        measure(folder, "with excludes", || {
            Source::discover(folder).unwrap().listing(&request).unwrap();
        });
        let listing = Source::discover(folder).unwrap().listing(&request).unwrap();
        measure(folder, "digest", || {
            std::hint::black_box(listing.digest());
        });
    }
}

fn measure(folder: &Path, what: &str, work: impl Fn()) {
    let mut times: Vec<f64> = (0..15)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (median, best) = (times[7], times[0]);
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{:24} {what:14} {median:8.2} {best:8.2}",
        folder.display()
    )
    .unwrap();
}
