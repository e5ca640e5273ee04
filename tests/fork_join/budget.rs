//! A race whose right arm is called for a token.

use ninelives::algebra::ForkJoinLayer;
use ninelives::emit::Kind;
use ninelives::{RetryBudget, Tick};

use super::stage::Mood;
use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

type Arm = BulkheadLayer;
type Race = Policy<ForkJoinLayer<Arm, Arm, ManualTimer>>;

/// `left & right` over one backend; the arms can be told apart by their permits.
fn race(timer: &ManualTimer) -> (Race, [BulkheadLayer; 2]) {
    let arms = [
        BulkheadLayer::new(1000).unwrap(),
        BulkheadLayer::new(1000).unwrap(),
    ];
    let [left, right] = arms.clone().map(Policy);
    let race = (left & right).with_timer(timer.clone());
    (race.stagger(ms(10)), arms)
}

fn tokens(count: u32) -> RetryBudget {
    let budget = RetryBudget::new(0.0, 0.0, 100).unwrap();
    let config = budget.config().with_cap(count.max(1)).unwrap();
    budget.settings().set(config).unwrap();
    if count == 0 {
        spend(&budget);
    }
    budget
}

/// Takes the last token.
fn spend(budget: &RetryBudget) {
    let stage = Stage::always(Act::Err(1));
    let retry = RetryPolicy::builder()
        .max_attempts(2)
        .with_sleeper(InstantSleeper)
        .with_budget(budget.clone())
        .build()
        .unwrap();
    let _ = call(&mut retry.into_layer().layer(stage.backend()), 0).finish();
    assert_eq!(budget.balance(Tick::ZERO), 0.0);
}

#[test]
fn f08_a_slow_backend_gets_no_more_second_calls_than_the_budget_has() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let budget = RetryBudget::new(0.1, 0.0, 5).unwrap();
    let mut service = race(&timer).0.with_budget(budget).layer(stage.backend());
    let requests = 1_000;
    for _ in 0..requests {
        let before = stage.calls();
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(10));
        request.waits();
        stage.open(before, Ok(1));
        assert_eq!(request.done(), Ok(1));
    }
    let second = stage.calls() - requests;
    assert!((95..=105).contains(&second), "{second} second calls");
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn without_a_token_the_left_arm_goes_on_alone_and_it_is_told() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let sink = MemorySink::with_capacity(64).unwrap();
    let (race, [left, right]) = race(&timer);
    let race = race.with_budget(tokens(0)).with_sink(sink.clone());
    let mut service = race.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(10));
    request.waits();
    assert_eq!((left.in_flight(), right.in_flight()), (1, 0));
    timer.advance(ms(500));
    request.waits();
    stage.open(0, Ok(6));
    assert_eq!(request.done(), Ok(6));
    let told = sink.events();
    let refused = told
        .iter()
        .filter(|event| event.kind() == Kind::RetryBudgetExhausted);
    assert_eq!(refused.count(), 1, "{told:?}");
}

#[test]
fn hc100_without_a_token_the_left_arms_error_is_the_answer() {
    for stagger in [ms(10), Duration::ZERO] {
        let (stage, timer) = (Stage::always(Act::Err(3)), ManualTimer::new());
        let race = race(&timer).0.stagger(stagger).with_budget(tokens(0));
        let mut service = race.layer(stage.backend());
        let answer = call(&mut service, 0).done();
        assert_eq!(answer, Err(ResilienceError::Inner(Down(3))), "{stagger:?}");
        assert_eq!((stage.calls(), timer.armed()), (1, 0));
    }
}

#[test]
fn a_call_of_the_right_arm_costs_one_token_staggered_or_not() {
    for stagger in [ms(10), Duration::ZERO] {
        let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
        let budget = tokens(5);
        let race = race(&timer).0.stagger(stagger).with_budget(budget.clone());
        let mut service = race.layer(stage.backend());
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(10));
        request.waits();
        assert_eq!(stage.calls(), 2);
        stage.open(1, Ok(2));
        assert_eq!(request.done(), Ok(2));
        assert_eq!(budget.balance(Tick::ZERO), 4.0, "{stagger:?}");
    }
}

#[test]
fn r03_a_token_for_a_call_that_was_not_made_goes_back() {
    for dropped in [false, true] {
        let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
        let budget = tokens(5);
        let mut service = race(&timer)
            .0
            .with_budget(budget.clone())
            .layer(stage.backend());
        let mut request = call(&mut service, 0);
        request.waits();
        stage.mood(Mood::Busy);
        timer.advance(ms(10));
        request.waits();
        assert_eq!(
            budget.balance(Tick::ZERO),
            4.0,
            "the right arm waits with it"
        );
        if dropped {
            drop(request);
        } else {
            stage.open(0, Ok(1));
            assert_eq!(request.done(), Ok(1));
            assert_eq!(budget.balance(Tick::ZERO), 5.0, "before the answer is seen");
        }
        assert_eq!(budget.balance(Tick::ZERO), 5.0);
    }
}

#[test]
fn hc75_an_empty_budget_leaves_second_calls_in_flight_alone() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let budget = tokens(1);
    let mut service = race(&timer)
        .0
        .with_budget(budget.clone())
        .layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(10));
    request.waits();
    assert_eq!(budget.balance(Tick::ZERO), 0.0);
    let mut other = call(&mut service, 0);
    other.waits();
    timer.advance(ms(10));
    other.waits();
    assert_eq!(stage.calls(), 3);
    stage.open(1, Ok(9));
    assert_eq!(request.done(), Ok(9));
}

#[test]
fn one_budget_for_retries_and_second_calls_is_never_overdrawn() {
    let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
    let budget = RetryBudget::new(0.1, 0.0, 10).unwrap();
    let retry = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::constant(Duration::ZERO))
        .with_timer(timer.clone())
        .with_budget(budget.clone())
        .build()
        .unwrap();
    let policy = Policy(retry.into_layer()) + race(&timer).0.drawing_from(budget.clone());
    let mut service = policy.layer(stage.backend());
    let requests = 2_000;
    for _ in 0..requests {
        assert!(call(&mut service, 0).finish().is_err());
    }
    let further = stage.calls() - requests;
    // The retry alone pays in: a tenth of a token for each request, and ten at the start.
    assert!(
        (205..=210).contains(&further),
        "{further} calls besides the first"
    );
}

#[test]
fn the_right_arm_is_free_where_the_left_one_takes_no_part() {
    let (stage, timer) = (Stage::always(Act::Ok(4)), ManualTimer::new());
    let budget = tokens(5);
    let busy = Policy::tower(tower::limit::ConcurrencyLimitLayer::new(0));
    let right = Policy(BulkheadLayer::new(4).unwrap());
    let race = (busy & right)
        .with_timer(timer.clone())
        .with_budget(budget.clone());
    let mut service = race.layer(stage.backend());
    assert_eq!(call(&mut service, 0).done(), Ok(4));
    assert_eq!(budget.balance(Tick::ZERO), 5.0);
}

#[test]
fn hc95_the_policy_says_where_its_tokens_come_from() {
    let timer = ManualTimer::new();
    let text = race(&timer).0.with_budget(tokens(5)).explain();
    assert!(
        text.starts_with("& race, staggered 10ms, from a budget\n"),
        "{text}"
    );
    let text = race(&timer)
        .0
        .stagger(Duration::ZERO)
        .drawing_from(tokens(5))
        .explain();
    assert!(
        text.starts_with("& race, from a budget of others\n"),
        "{text}"
    );
}
