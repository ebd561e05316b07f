//! What `paas cluster add --engine kubernetes` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cluster::kubernetes::{KubernetesOptions, Overcommit, ServiceType};
use crate::{Error, Result};

#[derive(Args, Debug)]
#[command(next_help_heading = "Kubernetes")]
pub(super) struct Arguments {
    /// The context of the kubeconfig [default: its current one]
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// Where everything is made [default: the context's namespace]
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// The kubeconfig [default: `$KUBECONFIG`, or ~/.kube/config]
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The class of Ingresses [default: the cluster's default]
    #[arg(long, value_name = "CLASS")]
    ingress_class: Option<String>,
    /// An annotation of each Ingress, several times for several
    #[arg(long, value_name = "KEY=VALUE", value_parser = annotation)]
    ingress_annotation: Vec<(String, String)>,
    /// Ingresses serve HTTPS, with a certificate that somebody, as cert-manager, provides
    #[arg(long)]
    ingress_tls: bool,
    /// The Secret by which nodes sign in to a registry, several times for several
    #[arg(long, value_name = "SECRET")]
    image_pull_secret: Vec<String>,
    /// Nodes have the images of the Docker Engine that builds: nothing has to be pushed
    #[arg(long)]
    local_images: bool,
    /// How raw ports are reached from outside [default: not at all]
    #[arg(long, value_name = "TYPE", value_enum)]
    service_type: Option<Service>,
    /// The class of volumes [default: the cluster's default]
    #[arg(long, value_name = "CLASS")]
    storage_class: Option<String>,
    /// The size of each new volume [default: 1Gi]
    #[arg(long, value_name = "SIZE", value_parser = quantity)]
    volume_size: Option<String>,
    /// How far limits of instances may exceed what nodes have [default: burstable]
    #[arg(long, value_name = "CLASS", value_enum)]
    overcommit: Option<Class>,
    /// With `--overcommit burstable`: limits of so many cores share one [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    cpu_ratio: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Service {
    /// Within the cluster only
    ClusterIp,
    /// At a port of every node
    NodePort,
    /// By a load balancer of the provider's
    LoadBalancer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Class {
    /// What an instance may use is set aside for it
    Guaranteed,
    /// Memory is set aside, cores are shared
    Burstable,
}

impl Arguments {
    /// The first option that was given, to say that it has no place here.
    pub(super) fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--context", self.context.is_some()),
            ("--namespace", self.namespace.is_some()),
            ("--kubeconfig", self.kubeconfig.is_some()),
            ("--ingress-class", self.ingress_class.is_some()),
            ("--ingress-annotation", !self.ingress_annotation.is_empty()),
            ("--ingress-tls", self.ingress_tls),
            ("--image-pull-secret", !self.image_pull_secret.is_empty()),
            ("--local-images", self.local_images),
            ("--service-type", self.service_type.is_some()),
            ("--storage-class", self.storage_class.is_some()),
            ("--volume-size", self.volume_size.is_some()),
            ("--overcommit", self.overcommit.is_some()),
            ("--cpu-ratio", self.cpu_ratio.is_some()),
        ];
        let mut given = given.into_iter().filter(|(_, given)| *given);
        given.next().map(|(option, _)| option)
    }

    pub(super) fn options(&self) -> Result<KubernetesOptions> {
        let default = KubernetesOptions::default();
        let kubeconfig = self.kubeconfig.as_ref().map(|file| {
            // The definition is read from anywhere.
            file.canonicalize().map_err(|error| {
                Error::usage(format!("cannot read {}", file.display())).caused_by(error)
            })
        });
        Ok(KubernetesOptions {
            kubeconfig: kubeconfig.transpose()?,
            context: self.context.clone(),
            namespace: self.namespace.clone(),
            ingress_class: self.ingress_class.clone(),
            ingress_annotations: self.ingress_annotation.iter().cloned().collect(),
            ingress_tls: self.ingress_tls,
            image_pull_secrets: self.image_pull_secret.clone(),
            local_images: self.local_images,
            service_type: match self.service_type {
                None | Some(Service::ClusterIp) => ServiceType::ClusterIp,
                Some(Service::NodePort) => ServiceType::NodePort,
                Some(Service::LoadBalancer) => ServiceType::LoadBalancer,
            },
            storage_class: self.storage_class.clone(),
            volume_size: self.volume_size.clone().unwrap_or(default.volume_size),
            overcommit: match self.overcommit {
                Some(Class::Guaranteed) => Overcommit::Guaranteed,
                None | Some(Class::Burstable) => Overcommit::Burstable,
            },
            cpu_ratio: self.cpu_ratio.unwrap_or(default.cpu_ratio),
            unroute_seconds: default.unroute_seconds,
        })
    }
}

/// Where a cluster is, for people.
pub(super) fn address(options: &KubernetesOptions) -> String {
    let context = options.context.as_deref().unwrap_or("current context");
    match &options.namespace {
        Some(namespace) => format!("{context}, namespace {namespace}"),
        None => context.to_owned(),
    }
}

fn annotation(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

/// A size as Kubernetes writes it: `10Gi`.
fn quantity(text: &str) -> Result<String, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let is_unit = matches!(unit, "Ki" | "Mi" | "Gi" | "Ti" | "k" | "M" | "G" | "T");
    if number.is_empty() || !is_unit {
        return Err("write 500Mi, 10Gi or 1Ti".to_owned());
    }
    Ok(text.to_owned())
}
