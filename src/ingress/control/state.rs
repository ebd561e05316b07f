use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard};
use tokio::task::spawn_blocking;

use super::answer::Refusal;
use super::fences::Fences;
use super::folder::Folder;
use super::leases::{ConnectionId, Leases};
use super::name::{DocumentName, Key};
use super::routing::Routing;
use crate::ingress::protocol::{Fence, Holder, Route};

type Result<T, E = Refusal> = std::result::Result<T, E>;

/// What the ingress keeps.
pub(super) struct State {
    pub(super) routing: Arc<dyn Routing>,
    routes: Folder,
    documents: Folder,
    /// Renewals don't wait for changes, so this is not the lock of changes.
    leases: Mutex<Leases>,
    /// Held by each change, and while a lease is taken.
    changes: AsyncMutex<Changes>,
    /// Another process takes over: what was changed now, it would not know. Set under the lock of changes.
    frozen: AtomicBool,
}

struct Changes {
    fences: Arc<Mutex<Fences>>,
}

/// Whether a document may replace another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overwrite {
    Allowed,
    Refused,
}

impl State {
    /// Reads back what an earlier process kept, and puts its routes in force. What can't be is told
    /// in the second value, in words.
    pub(super) async fn open(
        path: &Path,
        routing: Arc<dyn Routing>,
    ) -> io::Result<(Self, Vec<String>)> {
        let path = path.to_owned();
        let opened = blocking(move || {
            let routes = Folder::open(path.join("routes"))?;
            let documents = Folder::open(path.join("documents"))?;
            let fences = Fences::open(Folder::open(path)?)?;
            let (saved, warnings) = saved_routes(&routes)?;
            Ok((routes, documents, fences, saved, warnings))
        });
        let (routes, documents, fences, saved, mut warnings) = opened.await?;
        for (key, route) in saved {
            if let Err(conflict) = routing.put(key.as_str(), route).await {
                warnings.push(format!("the route {key} is not in force: {conflict}"));
            }
        }
        let state = Self {
            routing,
            routes,
            documents,
            leases: Mutex::default(),
            changes: AsyncMutex::new(Changes {
                fences: Arc::new(Mutex::new(fences)),
            }),
            frozen: AtomicBool::new(false),
        };
        Ok((state, warnings))
    }

    pub(super) async fn put_route(
        &self,
        key: &Key,
        route: Route,
        fence: Option<&Fence>,
    ) -> Result<()> {
        let _changing = self.change().await?;
        self.honor(fence)?;
        let before = self.routing.routes().remove(key.as_str());
        let content = serde_json::to_vec_pretty(&route).expect("plain data");
        let (folder, name) = (self.routes.clone(), route_file(key));
        let staged = blocking(move || folder.stage(&name, &content)).await?;
        // There is room for all of it. It gets its name after the conflicts of hosts and ports are
        // out of the way, so that there is nothing to undo on disk, and requests need not wait for it.
        self.routing.put(key.as_str(), route).await?;
        let committed = blocking(move || staged.commit()).await;
        if committed.is_err() {
            match before {
                Some(before) => self.routing.put(key.as_str(), before).await?,
                None => drop(self.routing.remove(key.as_str()).await),
            }
        }
        Ok(committed?)
    }

    pub(super) async fn delete_route(&self, key: &Key, fence: Option<&Fence>) -> Result<()> {
        let _changing = self.change().await?;
        self.honor(fence)?;
        let (folder, name) = (self.routes.clone(), route_file(key));
        blocking(move || folder.remove(&name)).await?;
        self.routing.remove(key.as_str()).await;
        Ok(())
    }

    pub(super) async fn documents(&self, prefix: String) -> Result<BTreeMap<String, String>> {
        let folder = self.documents.clone();
        Ok(blocking(move || documents(&folder, &prefix)).await?)
    }

    pub(super) async fn put_document(
        &self,
        name: &DocumentName,
        text: String,
        overwrite: Overwrite,
        fence: Option<&Fence>,
    ) -> Result<()> {
        let _changing = self.change().await?;
        self.honor(fence)?;
        let (folder, file) = (self.documents.clone(), name.file_name());
        let written = blocking(move || {
            let free = overwrite == Overwrite::Allowed || !folder.holds(&file);
            if free {
                folder.write(&file, text.as_bytes())?;
            }
            Ok(free)
        });
        if written.await? {
            Ok(())
        } else {
            Err(Refusal::Exists(name.to_string()))
        }
    }

    pub(super) async fn delete_document(
        &self,
        name: &DocumentName,
        fence: Option<&Fence>,
    ) -> Result<()> {
        let _changing = self.change().await?;
        self.honor(fence)?;
        let (folder, file) = (self.documents.clone(), name.file_name());
        blocking(move || folder.remove(&file)).await?;
        Ok(())
    }

    pub(super) async fn take_lease(
        &self,
        key: &Key,
        holder: Holder,
        connection: ConnectionId,
    ) -> Result<u64> {
        let changes = self.change().await?;
        if let Some(holder) = self.leases().holder(key) {
            return Err(Refusal::Held(holder.clone()));
        }
        let fences = Arc::clone(&changes.fences);
        let fence = blocking(move || unpoisoned(&fences).next()).await?;
        self.leases().take(key.clone(), holder, fence, connection);
        Ok(fence)
    }

    pub(super) fn renew_lease(&self, key: &Key, connection: ConnectionId) -> Result<()> {
        if self.leases().renew(key, connection) {
            Ok(())
        } else {
            Err(Refusal::LeaseLost(key.to_string()))
        }
    }

    pub(super) fn release_lease(&self, key: &Key, connection: ConnectionId) -> Result<()> {
        if self.leases().release(key, connection) {
            Ok(())
        } else {
            Err(Refusal::LeaseLost(key.to_string()))
        }
    }

    /// Refuses all changes from now on, unless somebody has a lease.
    pub(super) async fn freeze(&self) -> Result<(), Holder> {
        let _changing = self.changes.lock().await;
        if let Some(holder) = self.leases().any() {
            return Err(holder.clone());
        }
        self.frozen.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Takes changes again.
    pub(super) async fn thaw(&self) {
        let _changing = self.changes.lock().await;
        self.frozen.store(false, Ordering::Relaxed);
    }

    /// Whether changes are refused. Waits for none.
    pub(super) fn is_frozen(&self) -> bool {
        self.frozen.load(Ordering::Relaxed)
    }

    async fn change(&self) -> Result<AsyncMutexGuard<'_, Changes>> {
        let changes = self.changes.lock().await;
        if self.is_frozen() {
            return Err(Refusal::Ending);
        }
        Ok(changes)
    }

    /// A connection is open.
    pub(super) fn expect(&self, connection: ConnectionId) {
        self.leases().connected(connection);
    }

    /// The connection is closed.
    pub(super) fn forget(&self, connection: ConnectionId) {
        self.leases().disconnected(connection);
    }

    /// Called under the lock of changes: nobody can take the lease before the change is over.
    pub(super) fn honor(&self, fence: Option<&Fence>) -> Result<()> {
        match fence {
            Some(fence) if !self.leases().honors(fence) => {
                Err(Refusal::LeaseLost(fence.key.clone()))
            }
            _ => Ok(()),
        }
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        unpoisoned(&self.leases)
    }
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

fn route_file(key: &Key) -> String {
    format!("{key}.json")
}

/// Routes, and warnings about files that hold none.
type Saved = (Vec<(Key, Route)>, Vec<String>);

/// A file that is no route is set aside; the others work.
fn saved_routes(folder: &Folder) -> io::Result<Saved> {
    let mut routes = Vec::new();
    let mut warnings = Vec::new();
    for name in folder.names()? {
        match saved_route(folder, &name) {
            Ok(route) => routes.push(route),
            Err(reason) => {
                let aside = folder.set_aside(&name)?;
                let aside = aside.display();
                warnings.push(format!(
                    "a route's file makes no sense, it is now {aside}: {reason}"
                ));
            }
        }
    }
    Ok((routes, warnings))
}

fn saved_route(folder: &Folder, name: &OsStr) -> Result<(Key, Route), String> {
    let text = name.to_str().unwrap_or_default();
    let key = text.strip_suffix(".json").and_then(Key::parse);
    let key = key.ok_or("its name is not a route's")?;
    let content = folder.read(text).map_err(|error| error.to_string())?;
    let route = serde_json::from_slice(&content.unwrap_or_default());
    Ok((key, route.map_err(|error| error.to_string())?))
}

fn documents(folder: &Folder, prefix: &str) -> io::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for file in folder.names()? {
        let Some(name) = file.to_str().and_then(DocumentName::of_file) else {
            continue;
        };
        if !name.as_str().starts_with(prefix) {
            continue;
        }
        // One that was removed meanwhile is none.
        if let Some(content) = folder.read(&name.file_name())? {
            let text = String::from_utf8(content).map_err(io::Error::other)?;
            found.insert(name.as_str().to_owned(), text);
        }
    }
    Ok(found)
}
