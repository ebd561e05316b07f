use std::collections::BTreeMap;

use super::app::{refuse_public_secrets, resources, run_time_env};
use super::nearest::nearest;
use super::reader::Reader;
use crate::config::Environment;
use crate::config::problem::{Refusal, quoted};
use crate::config::values::{any, domain, environment_variable};

/// The process that `[start]` describes.
const WEB: &str = "web";

pub(super) fn read(file: &Reader<'_>) -> BTreeMap<String, Environment> {
    let mut processes = file.names("processes");
    processes.push(WEB);
    file.named_tables("environments", any, |table| {
        Some(environment(table, &processes))
    })
}

fn environment(table: Reader<'_>, processes: &[&str]) -> Environment {
    let environment = Environment {
        cluster: table.text("cluster", any),
        protected: table.flag("protected").unwrap_or_default(),
        domains: table.list("domains", domain).unwrap_or_default(),
        replicas: table.integers("replicas", any),
        env: run_time_env(&table),
        secrets: table
            .list("secrets", environment_variable)
            .unwrap_or_default(),
        keep_releases: table.integer("keep_releases"),
        resources: table.table("resources", resources),
    };
    refuse_public_secrets(&table, &environment.env, &environment.secrets);
    for name in environment.replicas.keys() {
        if !processes.contains(&name.as_str()) {
            let refusal = Refusal::new(format!("there is no process {}", quoted(name)));
            let hint = match nearest(name, processes.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add `[processes.{name}]`"),
            };
            table.problem(table.span_of_name("replicas", name), refusal.hint(hint));
        }
    }
    table.finish();
    environment
}
