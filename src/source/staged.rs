//! Where the index differs from a commit. Folders whose tree git has noted in the index cost
//! nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use git2::{Odb, Oid};

use super::index::{Child, EXECUTABLE, Index, REGULAR};
use super::state::git_error;
use crate::{Error, Result};

const TREE: u32 = 0o040_000;

/// Compares below the folders that `reaches` (given with `/` at the end, or empty) accepts.
pub struct Staged<'a> {
    pub odb: &'a Odb<'a>,
    pub index: &'a Index,
    pub reaches: &'a dyn Fn(&[u8]) -> bool,
    /// What was found: paths from the work tree's root.
    pub changed: Vec<Vec<u8>>,
}

impl Staged<'_> {
    /// Compares a folder with its tree in the commit; without a tree, everything is new.
    pub fn compare(
        &mut self,
        folder: &[u8],
        tree: Option<Oid>,
        entries: Range<usize>,
    ) -> Result<()> {
        let noted = self.index.tree(folder);
        let is_same = tree.is_some_and(|tree| noted.is_some_and(|noted| noted == tree.as_bytes()));
        if is_same || !(self.reaches)(folder) {
            return Ok(());
        }
        let object = tree.map(|tree| self.odb.read(tree)).transpose();
        let object = object.map_err(|e| git_error("cannot read the commit's files", e))?;
        let mut committed = match &object {
            Some(object) => entries_of(object.data())?,
            None => BTreeMap::new(),
        };
        let index = self.index;
        for (name, child) in index.children(folder, entries) {
            let before = committed.remove(name);
            match child {
                Child::Entry(at) => {
                    let entry = &index.entries[at];
                    let now = (entry.mode, Oid::from_bytes(&entry.blob).ok());
                    let same = before.is_some_and(|(mode, oid)| (mode, Some(oid)) == now);
                    if !same || entry.is_conflict {
                        self.changed.push([folder, name].concat());
                        self.removed(folder, name, before)?;
                    }
                }
                Child::Folder(below) => {
                    let tree = before.filter(|(mode, _)| *mode == TREE).map(|(_, oid)| oid);
                    if tree.is_none() && before.is_some() {
                        self.changed.push([folder, name].concat());
                    }
                    self.compare(&[folder, name, b"/"].concat(), tree, below)?;
                }
            }
        }
        for (name, before) in committed {
            self.removed(folder, name, Some(before))?;
        }
        Ok(())
    }

    fn removed(&mut self, folder: &[u8], name: &[u8], before: Option<(u32, Oid)>) -> Result<()> {
        match before {
            Some((TREE, tree)) => self.compare(&[folder, name, b"/"].concat(), Some(tree), 0..0),
            Some(_) => {
                self.changed.push([folder, name].concat());
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// A tree object: `<octal mode> <name>\0<id>`, repeated.
fn entries_of(mut data: &[u8]) -> Result<BTreeMap<&[u8], (u32, Oid)>> {
    let damaged = || Error::unexpected("a tree object of the repository is damaged");
    let mut entries = BTreeMap::new();
    while !data.is_empty() {
        let space = data.iter().position(|&b| b == b' ').ok_or_else(damaged)?;
        let nul = data.iter().position(|&b| b == 0).ok_or_else(damaged)?;
        let mode = std::str::from_utf8(&data[..space]).map_err(|_| damaged())?;
        let mode = u32::from_str_radix(mode, 8).map_err(|_| damaged())?;
        let name = data.get(space + 1..nul).ok_or_else(damaged)?;
        let id = data.get(nul + 1..nul + 21).ok_or_else(damaged)?;
        let oid = Oid::from_bytes(id).map_err(|_| damaged())?;
        entries.insert(name, (normal(mode), oid));
        data = &data[nul + 21..];
    }
    Ok(entries)
}

/// Old repositories hold modes such as 100664.
fn normal(mode: u32) -> u32 {
    match mode {
        0o100_000..=0o100_777 if mode & 0o100 != 0 => EXECUTABLE,
        0o100_000..=0o100_777 => REGULAR,
        mode => mode,
    }
}
