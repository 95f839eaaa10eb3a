//! A JSON body, taken apart field by field, every fault of it noted.

use serde_json::{Map, Value};

/// A fault of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The field, where there is one.
    pub(super) field: Option<String>,
    /// What is wrong.
    pub(super) message: String,
}

impl Problem {
    pub(super) fn of(field: &str, message: impl Into<String>) -> Self {
        Problem { field: Some(field.to_owned()), message: message.into() }
    }
}

/// Every fault of a body.
pub(super) type Problems = Vec<Problem>;

/// What a body says of a field.
enum Given<T> {
    Absent,
    Null,
    Value(T),
}

/// A rule: what is wrong with a text, if anything.
pub(super) type Rule = fn(&str) -> Result<(), &'static str>;

/// A body that is taken apart: what is asked for is taken out, what remains is unknown.
pub(super) struct Fields {
    body: Map<String, Value>,
    problems: Problems,
}

impl Fields {
    /// The fields of a body, which has to be an object.
    pub(super) fn of(body: &Value) -> Result<Self, Problems> {
        match body {
            Value::Object(body) => Ok(Fields { body: body.clone(), problems: Vec::new() }),
            _ => Err(vec![Problem { field: None, message: "the body must be a JSON object".to_owned() }]),
        }
    }

    /// Notes a fault.
    pub(super) fn refuse(&mut self, name: &str, message: &str) {
        self.problems.push(Problem::of(name, message));
    }

    fn text(&mut self, name: &str, rule: Rule) -> Given<String> {
        match self.body.remove(name) {
            None => Given::Absent,
            Some(Value::Null) => Given::Null,
            Some(Value::String(text)) => {
                if let Err(message) = rule(&text) {
                    self.refuse(name, message);
                }
                Given::Value(text)
            }
            Some(_) => {
                self.refuse(name, "must be a string");
                Given::Absent
            }
        }
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        match self.body.remove(name)? {
            Value::Bool(flag) => Some(flag),
            _ => {
                self.refuse(name, "must be true or false");
                Some(false)
            }
        }
    }

    /// A text that has to be there.
    pub(super) fn required(&mut self, name: &str, rule: Rule) -> String {
        let is_there = self.body.contains_key(name);
        match self.text(name, rule) {
            Given::Value(text) => text,
            Given::Null => {
                self.refuse(name, "must not be null");
                String::new()
            }
            Given::Absent => {
                if !is_there {
                    self.refuse(name, "is required");
                }
                String::new()
            }
        }
    }

    /// A boolean that has to be there.
    pub(super) fn required_flag(&mut self, name: &str) -> bool {
        self.flag(name).unwrap_or_else(|| {
            self.refuse(name, "is required");
            false
        })
    }

    /// A text that may be left out, but not be null.
    pub(super) fn optional(&mut self, name: &str, rule: Rule) -> Option<String> {
        match self.text(name, rule) {
            Given::Value(text) => Some(text),
            Given::Absent => None,
            Given::Null => {
                self.refuse(name, "must be left out, not null");
                None
            }
        }
    }

    /// Changes a text that cannot be cleared.
    pub(super) fn keep_or_set(&mut self, name: &str, rule: Rule, into: &mut String) {
        match self.text(name, rule) {
            Given::Value(text) => *into = text,
            Given::Absent => {}
            Given::Null => self.refuse(name, "cannot be cleared"),
        }
    }

    /// Changes a boolean.
    pub(super) fn keep_or_set_flag(&mut self, name: &str, into: &mut bool) {
        if let Some(flag) = self.flag(name) {
            *into = flag;
        }
    }

    /// Changes a text, or clears it with null.
    pub(super) fn keep_set_or_clear(&mut self, name: &str, rule: Rule, into: &mut Option<String>) {
        match self.text(name, rule) {
            Given::Value(text) => *into = Some(text),
            Given::Absent => {}
            Given::Null => *into = None,
        }
    }

    /// Refuses a field whatever it says, if it is there.
    pub(super) fn forbid(&mut self, name: &str, message: &str) {
        if self.body.remove(name).is_some() {
            self.refuse(name, message);
        }
    }

    /// Refuses what is left over.
    pub(super) fn close(mut self) -> Result<(), Problems> {
        for name in self.body.keys() {
            self.problems.push(Problem::of(name, "is no field of this call"));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }
}
