//! The time that is left, as text.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why the text of a header is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// There is no digit before the unit, or none at all.
    NoDigits,
    /// Something else stands where only decimal digits may.
    #[non_exhaustive]
    NotADigit {
        /// The first byte that is none.
        byte: u8,
        /// Where it stands, from 0 on.
        at: usize,
    },
    /// More digits than the header may have.
    #[non_exhaustive]
    TooLong {
        /// Digits there are.
        digits: usize,
        /// Digits there may be.
        max: usize,
    },
    /// The last byte of a `grpc-timeout` is no unit.
    #[non_exhaustive]
    NoUnit {
        /// What stands there.
        byte: u8,
    },
    /// A number of milliseconds above 2^64 - 1.
    OutOfRange,
    /// The value of the header is not text.
    NotText,
}

/// The text of a header, without an allocation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HeaderText {
    bytes: [u8; LONGEST],
    from: u8,
}

/// 2^64 - 1 has 20 digits.
const LONGEST: usize = 20;
/// What the specification of gRPC allows.
const GRPC_DIGITS: usize = 8;
const GRPC_MOST: u128 = 99_999_999;
/// The units of gRPC by their nanoseconds, the shortest first.
const UNITS: [(u8, u64); 6] = [
    (b'n', 1),
    (b'u', 1_000),
    (b'm', 1_000_000),
    (b'S', 1_000_000_000),
    (b'M', 60_000_000_000),
    (b'H', 3_600_000_000_000),
];

/// The value of the header `grpc-timeout`: 1 to 8 digits and one of the units `H M S m u n`, hours to nanoseconds. Zero is a deadline that
/// has passed.
///
/// # Errors
/// Anything else: a sign, a fraction, space, a ninth digit, another unit, nothing.
///
/// # Examples
/// ```
/// use ninelives::deadline::read_grpc;
/// use std::time::Duration;
/// assert_eq!(read_grpc("1500m"), Ok(Duration::from_millis(1500)));
/// assert_eq!(
///     read_grpc("1500ms").unwrap_err().to_string(),
///     "unit 's' is none of H M S m u n"
/// );
/// ```
pub fn read_grpc(text: &str) -> Result<Duration, HeaderError> {
    let Some((&byte, digits)) = text.as_bytes().split_last() else {
        return Err(HeaderError::NoDigits);
    };
    let Some((_, nanos)) = UNITS.iter().find(|(unit, _)| *unit == byte) else {
        return Err(HeaderError::NoUnit { byte });
    };
    // At most 99,999,999 hours: 3.6e20 ns.
    let nanos = u128::from(number(digits, GRPC_DIGITS)?) * u128::from(*nanos);
    Ok(duration(nanos))
}

/// The time that is left as the value of the header `grpc-timeout`, in the shortest unit that 8 digits can hold, rounded up to the next
/// whole one. Above 99,999,999 hours, 11,000 years, it is that.
pub fn write_grpc(rest: Duration) -> HeaderText {
    let nanos = rest.as_nanos();
    for (unit, size) in UNITS {
        let count = nanos.div_ceil(u128::from(size));
        if count <= GRPC_MOST {
            return HeaderText::new(count as u64, Some(unit)); // at most 8 digits
        }
    }
    HeaderText::new(GRPC_MOST as u64, Some(b'H'))
}

/// A whole number of milliseconds in decimal digits, as in `x-envoy-expected-rq-timeout-ms`; 0 to 2^64 - 1. Zero is a deadline that has
/// passed.
///
/// # Errors
/// Anything else: a sign, a fraction, an exponent, space, a unit, nothing.
pub fn read_millis(text: &str) -> Result<Duration, HeaderError> {
    number(text.as_bytes(), LONGEST).map(Duration::from_millis)
}

/// The time that is left as a whole number of milliseconds, rounded up. Above 2^64 - 1 it is that.
pub fn write_millis(rest: Duration) -> HeaderText {
    let millis = rest.as_nanos().div_ceil(1_000_000);
    HeaderText::new(u64::try_from(millis).unwrap_or(u64::MAX), None)
}

fn number(digits: &[u8], max: usize) -> Result<u64, HeaderError> {
    if digits.is_empty() {
        return Err(HeaderError::NoDigits);
    }
    if let Some(at) = digits.iter().position(|byte| !byte.is_ascii_digit()) {
        let byte = digits[at];
        return Err(HeaderError::NotADigit { byte, at });
    }
    if digits.len() > max {
        let digits = digits.len();
        return Err(HeaderError::TooLong { digits, max });
    }
    digits
        .iter()
        .try_fold(0_u64, |sum, digit| {
            sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })
        .ok_or(HeaderError::OutOfRange)
}

fn duration(nanos: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    // At most 3.6e11 seconds.
    Duration::new((nanos / SECOND) as u64, (nanos % SECOND) as u32)
}

// === impl HeaderText ===

impl HeaderText {
    fn new(mut number: u64, unit: Option<u8>) -> Self {
        let mut bytes = [0; LONGEST];
        let mut from = LONGEST;
        if let Some(unit) = unit {
            from -= 1;
            bytes[from] = unit;
        }
        loop {
            from -= 1;
            bytes[from] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        Self {
            bytes,
            from: from as u8,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default() // digits and a letter
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[usize::from(self.from)..]
    }
}

impl fmt::Display for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HeaderText").field(&self.as_str()).finish()
    }
}

// === impl HeaderError ===

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoDigits => f.write_str("no digit where a number is expected"),
            Self::NotADigit { byte, at } => {
                write!(f, "byte '{}' at {at} is not a digit", byte.escape_ascii())
            }
            Self::TooLong { digits, max } => {
                write!(f, "{digits} digits where at most {max} are allowed")
            }
            Self::NoUnit { byte } => {
                write!(f, "unit '{}' is none of H M S m u n", byte.escape_ascii())
            }
            Self::OutOfRange => write!(f, "milliseconds outside 0..={}", u64::MAX),
            Self::NotText => f.write_str("the header is not text"),
        }
    }
}

impl Error for HeaderError {}
