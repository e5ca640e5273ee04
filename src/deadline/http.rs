//! Requests of HTTP: what they carry lies among their extensions.

use std::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue, Request};

use super::{Carried, Carries, Deadline, HeaderError, HeaderText};
use super::{read_grpc, read_millis, write_grpc, write_millis};
use crate::clock::Tick;

/// `grpc-timeout`: see [`read_grpc`].
pub const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// `x-timeout-ms`, a name for a plain number of milliseconds where nothing else is agreed on: see [`read_millis`].
pub const TIMEOUT_MS: HeaderName = HeaderName::from_static("x-timeout-ms");

impl<B> Carries for Request<B> {
    fn carried(&self) -> Carried {
        self.extensions().get().copied().unwrap_or_default()
    }

    fn carry(&mut self, carried: Carried) {
        match self.extensions_mut().get_mut() {
            Some(place) => *place = carried,
            None => drop(self.extensions_mut().insert(carried)),
        }
    }
}

/// The deadline that the header `name` sets from `now` on: [`GRPC_TIMEOUT`] as gRPC writes it, any other as milliseconds. `None` where
/// the header is not there; of several the first counts.
///
/// # Errors
/// A header that is no time.
pub fn from_headers(
    headers: &HeaderMap,
    name: &HeaderName,
    now: Tick,
) -> Result<Option<Deadline>, HeaderError> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| HeaderError::NotText)?;
    let read: fn(&str) -> Result<Duration, HeaderError> = if *name == GRPC_TIMEOUT {
        read_grpc
    } else {
        read_millis
    };
    read(text).map(|rest| Some(Deadline::after(now, rest)))
}

/// Writes what is left of the deadline at `now` into the header `name`, in place of what stood there: as [`from_headers`] reads it.
///
/// # Examples
/// ```
/// use ninelives::deadline::{self, Deadline, GRPC_TIMEOUT};
/// use ninelives::Tick;
/// use std::time::Duration;
/// let mut headers = http::HeaderMap::new();
/// let deadline = Deadline::after(Tick::ZERO, Duration::from_secs(3));
/// let later = Tick::ZERO.after(Duration::from_secs(1));
/// deadline::to_headers(&mut headers, &GRPC_TIMEOUT, deadline, later);
/// assert_eq!(headers[GRPC_TIMEOUT], "2000000u");
/// ```
pub fn to_headers(headers: &mut HeaderMap, name: &HeaderName, deadline: Deadline, now: Tick) {
    let rest = deadline.remaining(now);
    let text: HeaderText = if *name == GRPC_TIMEOUT {
        write_grpc(rest)
    } else {
        write_millis(rest)
    };
    if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
        headers.insert(name.clone(), value);
    }
}
