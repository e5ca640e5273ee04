//! What errors say to people: lower case, no full stop, the name of what was refused, and the error behind it.
#![allow(missing_docs)]

use std::error::Error;

use ninelives::adaptive::{CompareAndSetError, NoPrevious, NoShadow};
use ninelives::parameters::ParameterError;
use ninelives::prelude::*;
use ninelives::registry::{RegisterError, RegistryError};

/// Whole messages, and the message of the error behind each.
#[track_caller]
fn says(table: &[(&dyn Error, &str, Option<&str>)]) {
    for (error, text, source) in table {
        assert_eq!(&error.to_string(), text, "{error:?}");
        let behind = error.source().map(ToString::to_string);
        assert_eq!(behind.as_deref(), *source, "{error:?}");
        assert!(!text.ends_with('.'), "{text}");
    }
}

fn refused() -> ConfigError {
    BulkheadConfig::new(0).unwrap_err()
}

#[test]
fn a_live_value_says_why_it_did_not_change() {
    let stale = CompareAndSetError::Stale { current: 3 };
    let invalid = CompareAndSetError::Invalid(refused());
    let reason = refused().to_string();
    says(&[
        (&stale, "the value changed: its version is 3 now", None),
        (&invalid, &reason, None),
        (&NoPrevious, "no earlier value is kept", None),
        (&NoShadow, "there is no shadow", None),
    ]);
}

#[test]
fn a_registry_says_why_it_did_not_take_a_policy() {
    let name = "payments".to_owned();
    says(&[
        (
            &RegisterError::Taken { name },
            "policies.payments: the name is taken",
            None,
        ),
        (
            &RegisterError::Full { capacity: 2 },
            "the registry is full: it holds 2 policies",
            None,
        ),
        (
            &RegisterError::Name { bytes: 300 },
            "a name of 300 bytes: 1 to 256 without control characters are taken",
            None,
        ),
        (
            &RegisterError::Name { bytes: 3 },
            "a name of 3 bytes with a control character: 1 to 256 without are taken",
            None,
        ),
    ]);
}

#[test]
fn a_registry_of_one_policy_and_a_name_of_one_byte_are_told_as_one() {
    says(&[
        (
            &RegisterError::Full { capacity: 1 },
            "the registry is full: it holds 1 policy",
            None,
        ),
        (
            &RegisterError::Name { bytes: 1 },
            "a name of 1 byte with a control character: 1 to 256 without are taken",
            None,
        ),
    ]);
}

#[test]
fn a_registry_names_what_it_refused_by_its_path() {
    let policy = || "a".to_owned();
    let error = ParameterError::OutOfRange(refused());
    let (reason, inner) = (format!("policies.a.{error}"), error.to_string());
    let parameter = RegistryError::Parameter {
        policy: policy(),
        error,
    };
    let unknown = RegistryError::UnknownPolicy {
        policy: policy(),
        known: vec!["b".into(), "c".into()],
    };
    let gone = RegistryError::Gone { policy: policy() };
    let conflict = RegistryError::Conflict {
        policy: policy(),
        other: "b".into(),
        parameter: "timeout",
    };
    let stale = RegistryError::Stale {
        policy: policy(),
        current: 7,
    };
    let previous = RegistryError::NoPrevious { policy: policy() };
    let command = RegistryError::UnknownCommand {
        policy: policy(),
        command: "re\nset".into(),
        known: vec!["reset", "trip"],
    };
    says(&[
        (&parameter, &reason, Some(&inner)),
        (&unknown, "policies.a: no such policy; there are b, c", None),
        (&gone, "policies.a: the policy is gone", None),
        (
            &conflict,
            "policies.a.timeout: policies.b has the same settings, and another value",
            None,
        ),
        (
            &stale,
            "policies.a: the settings changed: their version is 7 now",
            None,
        ),
        (&previous, "policies.a: no earlier settings are kept", None),
        (
            &command,
            "policies.a: no such command as re\\nset; there are reset, trip",
            None,
        ),
        (
            &RegistryError::Busy,
            "policies: other changes came between each time",
            None,
        ),
    ]);
}
