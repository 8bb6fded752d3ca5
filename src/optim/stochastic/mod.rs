//! To come: see the registry.
