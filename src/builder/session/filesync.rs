//! BuildKit's file transfer (`fsutil`): we describe every entry, the engine asks for the contents
//! it doesn't have yet, by position.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bollard_buildkit_proto::fsutil::types::packet::PacketType;
use bollard_buildkit_proto::fsutil::types::{Packet, Stat};
use bollard_buildkit_proto::moby::filesync::packet::file_sync_server::FileSync;
use rustix::io::Errno;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use super::failure::FirstFailure;
use super::opener::Opener;
use super::selection::Selection;
use crate::builder::tree::Tree;
use crate::builder::{Content, Entry};
use crate::{Error, Result};

const CHUNK: usize = 32 * 1024;
/// Packets on their way: bounds memory, whatever the size of the context.
const IN_FLIGHT: usize = 16;

// Go's os.FileMode, which is what travels.
const GO_DIRECTORY: u32 = 1 << 31;
const GO_SYMLINK: u32 = 1 << 27;

/// The folders of a build, by the names the engine knows them by.
pub(super) struct Folders {
    pub(super) trees: HashMap<&'static str, Arc<Tree>>,
    pub(super) opener: Opener,
    pub(super) failure: FirstFailure,
}

type Packets = mpsc::Sender<Result<Packet, Status>>;

/// What the engine says during a transfer.
enum Ask {
    Content(u32),
    Finish,
}

#[tonic::async_trait]
impl FileSync for Folders {
    type DiffCopyStream = ReceiverStream<Result<Packet, Status>>;
    type TarStreamStream = ReceiverStream<Result<Packet, Status>>;

    async fn diff_copy(
        &self,
        request: Request<Streaming<Packet>>,
    ) -> Result<Response<Self::DiffCopyStream>, Status> {
        let folder = values(request.metadata(), "dir-name")
            .pop()
            .unwrap_or_default();
        let tree = self
            .trees
            .get(folder.as_str())
            .cloned()
            .ok_or_else(|| Status::not_found(format!("no folder `{folder}`")))?;
        let mut patterns = values(request.metadata(), "include-patterns");
        patterns.extend(values(request.metadata(), "followpaths"));
        let selection = Selection::new(patterns.iter().map(String::as_str), tree.entries());

        let (packets, stream) = mpsc::channel(IN_FLIGHT);
        let (asks, asked) = mpsc::unbounded_channel();
        let (opener, failure) = (self.opener.clone(), self.failure.clone());
        tokio::task::spawn_blocking(move || {
            let transfer = Transfer {
                tree: &tree,
                packets: &packets,
                opener: &opener,
            };
            if let Err(Stop::Failed(error)) = transfer.run(&selection, asked) {
                let text = error.message().to_owned();
                failure.set(error);
                // The stream may be closed already; then nobody wants to hear it.
                let _ = packets.blocking_send(Ok(packet(PacketType::PacketErr, text.into_bytes())));
            }
        });
        tokio::spawn(listen(request.into_inner(), asks));
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn tar_stream(
        &self,
        _request: Request<Streaming<Packet>>,
    ) -> Result<Response<Self::TarStreamStream>, Status> {
        Err(Status::unimplemented("only DiffCopy is served"))
    }
}

/// Passes on what the engine asks for, until it has finished or is gone.
async fn listen(mut incoming: Streaming<Packet>, asks: mpsc::UnboundedSender<Ask>) {
    while let Ok(Some(packet)) = incoming.message().await {
        let ask = match packet.r#type() {
            PacketType::PacketReq => Ask::Content(packet.id),
            PacketType::PacketFin => Ask::Finish,
            // The engine reports its own errors at the end of the build.
            PacketType::PacketErr => return,
            PacketType::PacketStat | PacketType::PacketData => continue,
        };
        if asks.send(ask).is_err() {
            return;
        }
    }
}

/// Why a transfer ended early.
enum Stop {
    /// The engine went away.
    Closed,
    Failed(Error),
}

struct Transfer<'a> {
    tree: &'a Tree,
    packets: &'a Packets,
    opener: &'a Opener,
}

impl Transfer<'_> {
    fn run(
        &self,
        selection: &Selection,
        mut asks: mpsc::UnboundedReceiver<Ask>,
    ) -> Result<(), Stop> {
        let mut described = Vec::new();
        for entry in self.tree.entries() {
            if selection.contains(&entry.path) {
                described.push(entry);
                self.send(Packet {
                    stat: Some(stat(entry)),
                    ..packet(PacketType::PacketStat, Vec::new())
                })?;
            }
        }
        self.send(packet(PacketType::PacketStat, Vec::new()))?;
        while let Some(ask) = asks.blocking_recv() {
            match ask {
                Ask::Content(id) => {
                    let entry = usize::try_from(id).ok().and_then(|id| described.get(id));
                    let entry = entry.ok_or_else(|| {
                        Stop::Failed(Error::unexpected(format!(
                            "the Docker Engine asked for file {id} of {}",
                            described.len()
                        )))
                    })?;
                    self.send_content(id, entry)?;
                }
                Ask::Finish => return self.send(packet(PacketType::PacketFin, Vec::new())),
            }
        }
        Err(Stop::Closed)
    }

    fn send_content(&self, id: u32, entry: &Entry) -> Result<(), Stop> {
        match &entry.content {
            Content::Bytes(bytes) => {
                for chunk in bytes.chunks(CHUNK) {
                    self.send_data(id, chunk.to_vec())?;
                }
            }
            Content::Disk { path, size } => self.send_file(id, path, *size)?,
            Content::Folder | Content::Link(_) => {}
        }
        self.send_data(id, Vec::new())
    }

    fn send_file(&self, id: u32, path: &Path, size: u64) -> Result<(), Stop> {
        let changed = |how: &str| {
            Stop::Failed(
                Error::unavailable(format!("`{}` {how} during the build", path.display()))
                    .hint("build again when nothing writes to it"),
            )
        };
        let failed = |error: io::Error| match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::LOOP) => changed("turned into a link"),
            Some(Errno::NOENT | Errno::NOTDIR) => changed("vanished"),
            Some(Errno::ACCESS | Errno::PERM) => Stop::Failed(
                Error::usage(format!("`{}` may not be read", path.display()))
                    .caused_by(error)
                    .hint("change its permissions, or leave it out with `[build] exclude`"),
            ),
            _ => Stop::Failed(
                Error::unavailable(format!("`{}` can't be read", path.display())).caused_by(error),
            ),
        };
        let mut file = self.opener.open(path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(changed("stopped being a regular file"));
        }
        let mut left = size;
        loop {
            let mut chunk = vec![0; CHUNK];
            let read = file.read(&mut chunk).map_err(failed)?;
            if read == 0 {
                break;
            }
            left = left
                .checked_sub(read as u64)
                .ok_or_else(|| changed("grew"))?;
            chunk.truncate(read);
            self.send_data(id, chunk)?;
        }
        if left > 0 {
            return Err(changed("shrank"));
        }
        Ok(())
    }

    fn send_data(&self, id: u32, data: Vec<u8>) -> Result<(), Stop> {
        self.send(Packet {
            id,
            ..packet(PacketType::PacketData, data)
        })
    }

    fn send(&self, packet: Packet) -> Result<(), Stop> {
        self.packets
            .blocking_send(Ok(packet))
            .map_err(|_| Stop::Closed)
    }
}

fn packet(kind: PacketType, data: Vec<u8>) -> Packet {
    Packet {
        r#type: kind.into(),
        stat: None,
        id: 0,
        data,
    }
}

fn stat(entry: &Entry) -> Stat {
    let permissions = entry.mode & 0o777;
    let (mode, size, target) = match &entry.content {
        Content::Folder => (GO_DIRECTORY | permissions, 0, ""),
        Content::Bytes(bytes) => (permissions, bytes.len() as u64, ""),
        Content::Disk { size, .. } => (permissions, *size, ""),
        Content::Link(target) => (GO_SYMLINK | 0o777, target.len() as u64, target.as_str()),
    };
    Stat {
        path: entry.path.clone(),
        mode,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        mod_time: nanoseconds(entry.modified),
        linkname: target.to_owned(),
        ..Stat::default()
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}

/// The values of a key. Newer engines query-encode those that aren't ASCII, which a second key
/// tells; older ones send them as they are.
fn values(metadata: &MetadataMap, key: &str) -> Vec<String> {
    let encoded = metadata
        .get(format!("{key}-encoded"))
        .is_some_and(|value| value == "1" || value == "true");
    let values = metadata.get_all(key).iter();
    values
        .map(|value| {
            if encoded {
                form_urlencoded::parse(&[b"value=", value.as_bytes()].concat())
                    .map(|(_, value)| value.into_owned())
                    .collect()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use tonic::metadata::MetadataValue;

    use super::*;

    #[test]
    fn reads_paths_of_both_generations() {
        for (sent, encoded) in [("späße +1".as_bytes(), "0"), (b"sp%C3%A4%C3%9Fe+%2B1", "1")] {
            let mut metadata = MetadataMap::new();
            metadata.append("followpaths", MetadataValue::try_from(sent).unwrap());
            metadata.insert("followpaths-encoded", encoded.parse().unwrap());
            assert_eq!(values(&metadata, "followpaths"), ["späße +1"]);
        }
    }

    #[test]
    fn times_have_nanoseconds_on_both_sides_of_1970() {
        let step = std::time::Duration::new(1, 5);
        assert_eq!(nanoseconds(UNIX_EPOCH + step), 1_000_000_005);
        assert_eq!(nanoseconds(UNIX_EPOCH - step), -1_000_000_005);
    }
}
