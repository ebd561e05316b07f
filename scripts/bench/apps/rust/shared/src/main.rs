mod greeting;

use std::path::PathBuf;

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 8080)]
    port: u16,
    #[arg(long, default_value = "public")]
    files: PathBuf,
}

#[derive(Serialize)]
struct Greeting {
    text: String,
    digest: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot listen")]
    Listen(#[from] std::io::Error),
    #[error("a bad pattern")]
    Pattern(#[from] regex::Error),
    #[error("bad settings")]
    Settings(#[from] toml::de::Error),
}

async fn greet(Path(name): Path<String>) -> Json<Greeting> {
    let text = format!("{}, {name}", greeting::TEXT);
    let digest = Sha256::digest(&text).to_vec();
    Json(Greeting { text, digest })
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    tracing_subscriber::fmt().init();
    let arguments = Arguments::parse();
    let settings: toml::Table = toml::from_str("greeting = true")?;
    tracing::info!(?settings, pattern = %regex::Regex::new("^[a-z]+$")?, "starting");
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/greet/{name}", get(greet))
        .fallback_service(ServeDir::new(arguments.files))
        .layer(TraceLayer::new_for_http());
    let listener = tokio::net::TcpListener::bind(("0.0.0.0", arguments.port)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
