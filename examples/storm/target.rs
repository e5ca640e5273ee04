//! Where requests go: a plain HTTP address on a loopback interface, and nowhere else.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};

use hyper::Uri;
use hyper::header::HeaderValue;

/// An address on loopback, resolved once: later lookups cannot lead elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    uri: Uri,
    host: HeaderValue,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetError {
    /// Not of the form `http://host[:port][/path]`.
    NotPlainHttp,
    /// The host is not a loopback address.
    NotLoopback,
    /// `localhost` has no address on loopback here.
    Unresolved,
}

// === impl Target ===

impl Target {
    /// An upstream of the storm's own.
    pub fn local(address: SocketAddr) -> Self {
        Self::at(address, &address.to_string(), "/").expect("a socket address is a valid authority")
    }

    /// Reads `http://host[:port][/path]`. The host must be in 127.0.0.0/8, or `[::1]`, or `localhost`.
    ///
    /// # Errors
    ///
    /// Another scheme, a user name, another host, or a `localhost` that leads away from this machine.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let uri: Uri = text.parse().map_err(|_| TargetError::NotPlainHttp)?;
        let authority = uri.authority().ok_or(TargetError::NotPlainHttp)?;
        if uri.scheme_str() != Some("http") || authority.as_str().contains('@') {
            return Err(TargetError::NotPlainHttp);
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => 80,
            // Read by hand: the parser takes a port that does not fit for none at all.
            Some(rest) => port(rest).ok_or(TargetError::NotPlainHttp)?,
            None => return Err(TargetError::NotPlainHttp),
        };
        let address = loopback(authority.host(), port)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Self::at(address, authority.as_str(), path)
    }

    /// What is requested.
    pub fn uri(&self) -> Uri {
        self.uri.clone()
    }

    /// The `Host` header as the user wrote it.
    pub fn host(&self) -> HeaderValue {
        self.host.clone()
    }

    fn at(address: SocketAddr, host: &str, path: &str) -> Result<Self, TargetError> {
        let uri = Uri::builder()
            .scheme("http")
            .authority(address.to_string())
            .path_and_query(path)
            .build()
            .map_err(|_| TargetError::NotPlainHttp)?;
        let host = HeaderValue::from_str(host).map_err(|_| TargetError::NotPlainHttp)?;
        Ok(Self { uri, host })
    }
}

fn port(rest: &str) -> Option<u16> {
    rest.strip_prefix(':')?
        .parse()
        .ok()
        .filter(|port| *port > 0)
}

fn loopback(host: &str, port: u16) -> Result<SocketAddr, TargetError> {
    if host.eq_ignore_ascii_case("localhost") {
        let mut found: Vec<SocketAddr> = (host, port)
            .to_socket_addrs()
            .map_err(|_| TargetError::Unresolved)?
            .collect();
        if found.is_empty() || found.iter().any(|address| !address.ip().is_loopback()) {
            return Err(TargetError::Unresolved);
        }
        // Most servers listen on IPv4 loopback, so it goes first.
        found.sort_by_key(|address| !address.is_ipv4());
        return Ok(found
            .first()
            .copied()
            .unwrap_or((Ipv4Addr::LOCALHOST, port).into()));
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(ip) if ip.is_loopback() => Ok(SocketAddr::new(ip, port)),
        _ => Err(TargetError::NotLoopback),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.uri, f)
    }
}

// === impl TargetError ===

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPlainHttp => "is not of the form http://host[:port][/path]",
            Self::NotLoopback => {
                "is not on loopback: the host must be in 127.0.0.0/8, ::1 or localhost"
            }
            Self::Unresolved => {
                "is not on loopback: localhost has no address there, or others beside it"
            }
        })
    }
}

impl std::error::Error for TargetError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_of_every_kind_are_taken() {
        for text in [
            "http://127.0.0.1",
            "http://127.9.8.7:81/a?b=c",
            "http://[::1]:8080/",
            "http://LOCALHOST:9/",
        ] {
            assert!(
                Target::parse(text).is_ok(),
                "{text}: {:?}",
                Target::parse(text)
            );
        }
        let target = Target::parse("http://127.0.0.1:81/a?b=c").expect("loopback");
        assert_eq!(target.uri().to_string(), "http://127.0.0.1:81/a?b=c");
    }

    #[test]
    fn hosts_that_only_look_like_loopback_are_refused() {
        for text in [
            "http://192.0.2.1/",
            "http://128.0.0.1/",
            "http://[::2]/",
            "http://0.0.0.0/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://2130706433/",
        ] {
            assert_eq!(Target::parse(text), Err(TargetError::NotLoopback), "{text}");
        }
    }

    #[test]
    fn other_schemes_user_names_and_bad_ports_are_refused() {
        for text in [
            "https://127.0.0.1/",
            "127.0.0.1:80",
            "/x",
            "",
            "http://127.0.0.1@192.0.2.1/",
            "http://127.0.0.1:0/",
            "http://127.0.0.1:70000/",
            "http://127.0.0.1:/",
        ] {
            assert_eq!(
                Target::parse(text),
                Err(TargetError::NotPlainHttp),
                "{text}"
            );
        }
    }
}
