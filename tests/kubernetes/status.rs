//! What `paas status` tells, and what it asks for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use kube::Client;

use crate::app::App;
use crate::support::deployed::request_to;

/// Stands before the API server and counts what it is asked, with the rights of the tests.
struct Counter {
    asked: Arc<AtomicUsize>,
}

#[derive(Clone)]
struct Passing {
    client: Client,
    asked: Arc<AtomicUsize>,
}

async fn pass(State(passing): State<Passing>, request: Request) -> Response {
    passing.asked.fetch_add(1, Ordering::SeqCst);
    let (mut parts, body) = request.into_parts();
    parts.headers.remove("host");
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let request = Request::from_parts(parts, kube::client::Body::from(body.to_vec()));
    let response = passing.client.send(request).await.unwrap();
    response.map(Body::new)
}

impl Counter {
    fn before(app: &App) -> Self {
        let asked = Arc::<AtomicUsize>::default();
        let passing = Passing {
            client: app.cluster.client(),
            asked: Arc::clone(&asked),
        };
        let port = app.cluster.block_on(async {
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
                .await
                .unwrap();
            let port = listener.local_addr().unwrap().port();
            let router = Router::new().fallback(pass).with_state(passing);
            tokio::spawn(async { axum::serve(listener, router).await });
            port
        });
        app.reached_by(&format!(
            "apiVersion: v1\nkind: Config\n\
             clusters: [{{name: c, cluster: {{server: \"http://127.0.0.1:{port}\"}}}}]\n\
             users: [{{name: u, user: {{}}}}]\n\
             contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\ncurrent-context: c\n"
        ));
        Self { asked }
    }
}

#[test]
fn status_tells_health_and_restarts_in_at_most_five_requests() {
    let app = App::new(
        "[environments.local]\ncluster = \"kube\"\nreplicas = { web = 3, worker = 2 }\n[processes.worker]\nscript = \"exec sleep 600\"\n",
    );
    app.json(&["deploy"]);
    let counter = Counter::before(&app);
    let status = app.json(&["status"]);
    let asked = counter.asked.load(Ordering::SeqCst);
    assert!((1..=5).contains(&asked), "{asked} requests");
    let processes = &status["releases"][0]["processes"];
    let web = processes["web"].as_array().expect("instances");
    assert_eq!(web.len(), 3, "{status}");
    for instance in web {
        assert_eq!(instance["healthy"], true, "{status}");
        assert_eq!(instance["restarts"], 0, "{status}");
        assert!(instance["uptime"].as_u64().is_some(), "{status}");
    }
    assert_eq!(
        processes["worker"].as_array().map(Vec::len),
        Some(2),
        "{status}"
    );
    app.answer();
    // It ends without an answer.
    let _ = request_to((&*app.address(), 80), "app", "/die", "");
    app.cluster.waits_for("a restart", |_| {
        let status = app.json(&["status"]);
        let web = status["releases"][0]["processes"]["web"]
            .as_array()
            .cloned();
        web.unwrap_or_default()
            .iter()
            .any(|instance| instance["restarts"] == 1)
    });
}
