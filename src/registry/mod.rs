//! The OCI distribution API, as far as `paas` asks a registry itself.
