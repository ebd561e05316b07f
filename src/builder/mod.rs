//! The Docker Engine: builds through BuildKit, images, pushes and pulls.
