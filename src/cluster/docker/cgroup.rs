//! What a container uses, from the kernel's own counters: the engine takes a second to tell them. Only on the
//! machine that the engine runs on.

use std::fs;
use std::path::{Path, PathBuf};

/// One container's counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cgroup {
    version: Version,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Version {
    One { cpu: PathBuf, memory: PathBuf },
    Two(PathBuf),
}

impl Cgroup {
    /// Of the container `id` whose first process is `pid`. `None` where that process is another one's:
    /// the engine is on another machine.
    pub(super) fn of(id: &str, pid: i64) -> Option<Self> {
        let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        Self::parse(&groups, id, Path::new("/sys/fs/cgroup"))
    }

    /// `groups` as in `/proc/PID/cgroup`: see cgroups(7).
    fn parse(groups: &str, id: &str, root: &Path) -> Option<Self> {
        let path_of = |controller: &str| {
            let mut lines = groups.lines().filter_map(|line| {
                let (_, rest) = line.split_once(':')?;
                rest.split_once(':')
            });
            let found = lines.find(|(names, _)| names.split(',').any(|name| name == controller));
            let path = found?.1.trim_start_matches('/');
            path.contains(id).then(|| path.to_owned())
        };
        let version = match (path_of("cpuacct"), path_of("memory")) {
            (Some(cpu), Some(memory)) => Version::One {
                cpu: root.join("cpuacct").join(cpu),
                memory: root.join("memory").join(memory),
            },
            _ => Version::Two(root.join(path_of("")?)),
        };
        Some(Self { version })
    }

    /// Nanoseconds of CPU so far.
    pub(super) fn cpu(&self) -> Option<u64> {
        match &self.version {
            Version::One { cpu, .. } => number(&cpu.join("cpuacct.usage")),
            Version::Two(folder) => {
                let microseconds = entry(&folder.join("cpu.stat"), "usage_usec")?;
                microseconds.checked_mul(1000)
            }
        }
    }

    /// Bytes, without the pages of files that could be given up.
    pub(super) fn memory(&self) -> Option<u64> {
        let (used, files) = match &self.version {
            Version::One { memory, .. } => (
                number(&memory.join("memory.usage_in_bytes"))?,
                entry(&memory.join("memory.stat"), "total_inactive_file"),
            ),
            Version::Two(folder) => (
                number(&folder.join("memory.current"))?,
                entry(&folder.join("memory.stat"), "inactive_file"),
            ),
        };
        Some(used.saturating_sub(files.unwrap_or(0)))
    }
}

fn number(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

fn entry(file: &Path, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let mut entries = text.lines().filter_map(|line| line.split_once(' '));
    entries.find(|(key, _)| *key == name)?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_the_kernels_interface_are_known() {
        let root = Path::new("/c");
        let two = Cgroup::parse("0::/system.slice/docker-abc.scope\n", "abc", root).unwrap();
        assert_eq!(
            two.version,
            Version::Two("/c/system.slice/docker-abc.scope".into())
        );
        let one = "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n0::/docker/abc\n";
        assert_eq!(
            Cgroup::parse(one, "abc", root).unwrap().version,
            Version::One {
                cpu: "/c/cpuacct/docker/abc".into(),
                memory: "/c/memory/docker/abc".into(),
            }
        );
        assert_eq!(
            Cgroup::parse("0::/user.slice\n", "abc", root),
            None,
            "another process"
        );
    }

    #[test]
    fn counters_are_read() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(
            folder.path().join("cpu.stat"),
            "usage_usec 1500\nuser_usec 1\n",
        )
        .unwrap();
        fs::write(folder.path().join("memory.current"), "1000\n").unwrap();
        fs::write(
            folder.path().join("memory.stat"),
            "anon 1\ninactive_file 300\n",
        )
        .unwrap();
        let group = Cgroup {
            version: Version::Two(folder.path().to_owned()),
        };
        assert_eq!((group.cpu(), group.memory()), (Some(1_500_000), Some(700)));
    }
}
