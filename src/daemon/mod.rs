//! The one loop that joins the rooms.
#![allow(
    clippy::disallowed_methods,
    reason = "an edge room: it joins the pure ones to the system"
)]
#![allow(missing_docs)]

pub mod client;
pub mod wire;

pub async fn run(_config: &std::path::Path) -> std::io::Result<()> {
    std::future::pending().await
}
pub async fn run_once(
    _loaded: crate::config::Loaded,
    _request: wire::Request,
    _sink: &mut dyn FnMut(wire::Message),
) -> u8 {
    1
}
pub mod lock {
    use crate::os::process::Pid;
    use std::path::{Path, PathBuf};
    pub struct Holder {
        pub pid: Pid,
        pub socket: PathBuf,
    }
    pub fn read(_state_dir: &Path) -> std::io::Result<Option<Holder>> {
        Ok(None)
    }
}
pub mod place {
    use std::path::{Path, PathBuf};
    pub fn fleet_hash(_state_dir: &Path) -> String {
        String::new()
    }
    pub fn runtime_dir_of(_state_dir: &Path) -> Option<PathBuf> {
        None
    }
}
pub mod logs {
    pub mod plain {
        #[derive(Default)]
        pub struct Plain;
        impl Plain {
            pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
                out.extend_from_slice(bytes);
            }
            pub fn finish(&mut self, _out: &mut Vec<u8>) {}
        }
    }
}
