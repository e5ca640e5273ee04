//! The slope of a course that has outliers: the median of the slopes of all its pairs of points (Theil and Sen).

/// The slope; none for fewer than two points of different times.
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
    for (number, (time, value)) in points.iter().enumerate() {
        for (earlier, before) in &points[..number] {
            if time != earlier {
                slopes.push((value - before) / (time - earlier));
            }
        }
    }
    let middle = slopes.len().checked_sub(1)? / 2;
    let (_, median, _) = slopes.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*median)
}

/// At most so many of the points, evenly chosen, the first and the last among them.
pub fn thinned<T: Copy>(points: &[T], most: usize) -> Vec<T> {
    if points.len() <= most || most < 2 {
        return points.to_vec();
    }
    let place = |number| number * (points.len() - 1) / (most - 1);
    (0..most).map(|number| points[place(number)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{slope, thinned};

    #[test]
    fn the_slope_of_a_line_is_its_slope_and_a_few_outliers_do_not_move_it() {
        let mut points: Vec<_> = (0..40)
            .map(|n| (f64::from(n), 3.0 + 0.5 * f64::from(n)))
            .collect();
        assert_eq!(slope(&points), Some(0.5));
        for outlier in [3, 17, 29, 38] {
            points[outlier].1 += 1e6;
        }
        let slope = slope(&points).unwrap();
        assert!((slope - 0.5).abs() < 1e-9, "{slope}");
    }

    #[test]
    fn one_moment_has_no_slope() {
        assert_eq!(slope(&[]), None);
        assert_eq!(slope(&[(1.0, 1.0)]), None);
        assert_eq!(slope(&[(1.0, 1.0), (1.0, 2.0)]), None);
    }

    #[test]
    fn thinning_keeps_both_ends_and_the_order() {
        let points: Vec<u32> = (0..1000).collect();
        let few = thinned(&points, 7);
        assert_eq!(few.len(), 7);
        assert_eq!((few[0], few[6]), (0, 999));
        assert!(few.is_sorted());
        assert_eq!(thinned(&points, 1000), points);
    }
}
