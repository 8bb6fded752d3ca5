//! Tables of users: CSV with a header, one sample a line.

use super::{Data, DataError, Targets};
use crate::problem::network::{Loss, Rows};

/// Most numbers of a table.
const MOST_NUMBERS: usize = 8_000_000;
/// Most classes that a column of words or whole numbers may name.
const MOST_CLASSES: usize = 1000;
/// Most different whole numbers that are classes only because a loss asks for classes.
const MOST_WHOLE: usize = 100;

/// The columns that the header of a CSV text names; none where it cannot be read.
pub fn csv_columns(text: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    reader.headers().map_or_else(|_| Vec::new(), |header| header.iter().map(str::to_owned).collect())
}

/// The samples of a CSV text. The header names the columns; `label` names the target, or the last column is it. Every other
/// column is a feature and holds finite numbers. A target column of words, or of whole numbers from 0 to a few, names classes
/// (in the order of the words, or of the numbers); any other holds numbers to be learned. All samples are for training.
///
/// A loss and a number of outputs that are `asked` for decide where numbers can be read in either way: with the cross entropy, and with
/// `bce` and several outputs, up to 100 different whole numbers are classes in ascending order; with `bce` and one output, two different
/// numbers are, unless both are shares; with `mse` and one output, classes of whole numbers are numbers, unless there are two.
///
/// # Errors
/// [`DataError::BadTable`] with the line and what is wrong in it.
pub fn read_csv(text: &str, label: Option<&str>, asked: Option<(Loss, usize)>) -> Result<Data, DataError> {
    let bad = |line: u64, message: String| DataError::BadTable { line, message };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let broken = |error: csv::Error| bad(error.position().map_or(1, csv::Position::line), csv_message(&error));
    let header = reader.headers().map_err(broken)?.clone();
    if header.len() < 2 {
        return Err(bad(1, "a table needs at least one feature and the target, separated by commas".to_owned()));
    }
    if header.iter().all(|column| column.parse().is_ok_and(f64::is_finite)) {
        return Err(bad(1, "it holds numbers only, and it must name the columns: put a line of names before it".to_owned()));
    }
    let target = match label {
        None => header.len() - 1,
        Some(name) => header.iter().position(|column| column == name).ok_or_else(|| {
            let columns = header.iter().collect::<Vec<_>>().join(", ");
            bad(1, format!("there is no column \"{name}\"; the columns are {columns}"))
        })?,
    };
    let (mut values, mut words) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line);
        for (k, field) in record.iter().enumerate() {
            if k == target {
                words.push(field.to_owned());
                continue;
            }
            match field.parse::<f64>() {
                Ok(v) if v.is_finite() => values.push(v),
                _ => return Err(bad(line, format!("\"{field}\" in column {} is no finite number", &header[k]))),
            }
        }
        if values.len() > MOST_NUMBERS {
            return Err(bad(line, format!("the table holds more than {MOST_NUMBERS} numbers")));
        }
    }
    if words.is_empty() {
        return Err(bad(1, "the table has a header and no samples".to_owned()));
    }
    let train = words.len();
    let targets = targets(&words, asked).map_err(|message| bad(1, format!("column {}: {message}", &header[target])))?;
    Ok(Data { inputs: Rows { width: header.len() - 1, values }, targets, train, image: None })
}

fn targets(words: &[String], asked: Option<(Loss, usize)>) -> Result<Targets, String> {
    let numbers: Option<Vec<f64>> = words.iter().map(|w| w.parse().ok().filter(|v: &f64| v.is_finite())).collect();
    let mut classes: Vec<&str> = words.iter().map(String::as_str).collect();
    classes.sort_unstable();
    classes.dedup();
    match numbers {
        Some(values) => {
            let whole = values.iter().all(|v| v.fract() == 0.0 && (0.0..MOST_CLASSES as f64).contains(v));
            // Labels 0 … K−1 that all occur are classes; other whole numbers are amounts.
            let top = values.iter().filter(|_| whole).fold(0.0_f64, |top, v| top.max(*v)) as usize;
            let count = if top > 0 && classes.len() == top + 1 { top + 1 } else { 0 };
            Ok(match asked {
                Some((Loss::Mse, 1)) if count > 2 => Targets::Values(Rows { width: 1, values }),
                _ if count > 0 => Targets::Classes { labels: values.iter().map(|v| *v as usize).collect(), count },
                Some((loss, outputs)) => taken(values, loss, outputs),
                None => Targets::Values(Rows { width: 1, values }),
            })
        }
        None if classes.len() > MOST_CLASSES => Err(format!("it names more than {MOST_CLASSES} classes")),
        None => {
            let labels = words.iter().map(|w| classes.binary_search(&w.as_str()).unwrap_or_default()).collect();
            Ok(Targets::Classes { labels, count: classes.len() })
        }
    }
}

/// Numbers as the classes that a loss asks for, in ascending order, where they can be.
fn taken(values: Vec<f64>, loss: Loss, outputs: usize) -> Targets {
    // −0 is 0.
    let mut classes: Vec<f64> = values.iter().map(|v| v + 0.0).collect();
    classes.sort_unstable_by(f64::total_cmp);
    classes.dedup();
    let are_classes = match loss {
        Loss::Mse => false,
        Loss::Bce if outputs == 1 => classes.len() == 2 && classes.iter().any(|v| !(0.0..=1.0).contains(v)),
        Loss::Bce | Loss::CrossEntropy => classes.len() <= MOST_WHOLE && classes.iter().all(|v| v.fract() == 0.0),
    };
    if !are_classes {
        return Targets::Values(Rows { width: 1, values });
    }
    let label = |v: &f64| classes.partition_point(|class| class < v);
    Targets::Classes { labels: values.iter().map(label).collect(), count: classes.len() }
}

fn csv_message(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} fields, and the header names {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "it is no UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_small_whole_numbers_are_classes() {
        let data = read_csv("a,b,kind\n1,2,red\n3,4,blue\n5,6,red\n", None, None).unwrap();
        assert_eq!(data.targets, Targets::Classes { labels: vec![1, 0, 1], count: 2 });
        assert_eq!((data.inputs.width, data.inputs.row(1)), (2, &[3.0, 4.0][..]));
        let data = read_csv("y, a\n0, 1\n1, 2\n2, 3\n", Some("y"), None).unwrap();
        assert_eq!(data.targets, Targets::Classes { labels: vec![0, 1, 2], count: 3 });
        let data = read_csv("a,y\n1,0.5\n2,1\n", None, None).unwrap();
        assert_eq!(data.targets, Targets::Values(Rows { width: 1, values: vec![0.5, 1.0] }));
        let data = read_csv("a,y\n1,10\n2,700\n", None, None).unwrap();
        assert!(matches!(data.targets, Targets::Values(_)));
    }

    #[test]
    fn a_loss_decides_between_classes_and_numbers() {
        let read = |column: &[&str], asked| {
            let text: String = column.iter().map(|y| format!("0,{y}\n")).collect();
            match read_csv(&format!("a,y\n{text}"), None, asked).unwrap().targets {
                Targets::Classes { labels, count } => Ok((labels, count)),
                Targets::Values(rows) => Err(rows.values),
            }
        };
        let (softmax, bce, mse) = (Some((Loss::CrossEntropy, 3)), Some((Loss::Bce, 1)), Some((Loss::Mse, 1)));
        assert_eq!(read(&["3", "1", "2", "3"], None), Err(vec![3.0, 1.0, 2.0, 3.0]));
        assert_eq!(read(&["3", "1", "2", "3"], softmax), Ok((vec![2, 0, 1, 2], 3)));
        assert_eq!(read(&["1e300", "2"], None), Err(vec![1e300, 2.0]));
        assert_eq!(read(&["70", "-5", "0", "-0"], softmax), Ok((vec![2, 0, 1, 1], 3)));
        assert_eq!(read(&["1", "2.5", "3"], softmax), Err(vec![1.0, 2.5, 3.0]));
        let many: Vec<String> = (1..=101).map(|i| i.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(read(&many, softmax).is_err() && read(&many[..100], softmax).is_ok());
        assert_eq!(read(&["1", "-1", "1"], bce), Ok((vec![1, 0, 1], 2)));
        assert_eq!(read(&["0.25", "0.75"], bce), Err(vec![0.25, 0.75]));
        assert_eq!(read(&["1", "2", "3"], bce), Err(vec![1.0, 2.0, 3.0]));
        assert_eq!(read(&["1", "2", "3"], Some((Loss::Bce, 3))), Ok((vec![0, 1, 2], 3)));
        assert_eq!(read(&["2", "0", "1"], None), Ok((vec![2, 0, 1], 3)));
        assert_eq!(read(&["2", "0", "1"], mse), Err(vec![2.0, 0.0, 1.0]));
        assert_eq!(read(&["2", "0", "1"], Some((Loss::Mse, 3))), Ok((vec![2, 0, 1], 3)));
        assert_eq!(read(&["1", "0"], mse), Ok((vec![1, 0], 2)));
        assert_eq!(read(&["red", "blue", "green"], mse), Ok((vec![2, 0, 1], 3)));
    }

    #[test]
    fn broken_tables_get_a_sentence_with_the_line() {
        for (text, label, word) in [
            ("", None, "at least one feature"),
            ("a\n1\n", None, "at least one feature"),
            ("a,b\n", None, "no samples"),
            ("1,2\n3,4\n", None, "line 1: it holds numbers only"),
            ("a,b\n1,2\nx,3\n", None, "line 3: \"x\" in column a"),
            ("a,b\n1,2\nNaN,3\n", None, "line 3"),
            ("a,b\n1,2\n3\n", None, "line 3: it has 1 fields, and the header names 2"),
            ("a,b\n1,2\n", Some("c"), "the columns are a, b"),
        ] {
            let message = read_csv(text, label, None).unwrap_err().to_string();
            assert!(message.contains(word), "{text:?}: {message}");
        }
    }
}
