use std::env;

use axum::{Router, routing::get};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let app = Router::new()
        .route("/", get(async || "Hello from Rust\n"))
        .route("/healthz", get(async || "ok\n"));

    let listener = TcpListener::bind(format!("0.0.0.0:{port}")).await?;
    println!("listening on {port}");

    let mut stop = signal(SignalKind::terminate())?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            stop.recv().await;
        })
        .await
}
