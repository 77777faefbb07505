//! Who is at the other end of a socket.

use std::io;

use tokio::net::UnixStream;

/// The effective user id that the peer had when it connected (or listened).
///
/// # Errors
/// When the system does not tell.
pub fn uid(stream: &UnixStream) -> io::Result<u32> {
    Ok(stream.peer_cred()?.uid())
}

/// The user id that this process acts as.
pub fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn the_peer_of_an_own_socket_is_oneself() {
        let (one, _other) = tokio::net::UnixStream::pair().unwrap();
        assert_eq!(super::uid(&one).unwrap(), super::own_uid());
    }
}
