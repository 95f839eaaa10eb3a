//! Level and permissions by clinic role, where no column gives them: the least that a role needs, proposed to a person.

use std::collections::BTreeMap;

use crate::staff::{ClinicRole, Field};

use super::columns::ColumnPlan;
use super::file::{FOR_ADMINS, MappingFile, PROFILE_FIELDS, Profile, ProfileValue, WITH_NPI};
use super::set::checked;
use super::target::Target;

/// What roles bring, and what everybody else gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profiles {
    pub(crate) by_role: BTreeMap<ClinicRole, Profile>,
    pub(crate) default: Profile,
}

impl Profiles {
    /// The least that the roles of a roster need for their work, for these fields. Nobody is proposed as an admin.
    pub(crate) fn least(fields: &[Field], roles: impl IntoIterator<Item = ClinicRole>) -> Profiles {
        // Where a column says who is an admin, admins have the dashboard that they must have.
        let least = |field: Field, value: &ProfileValue| match (field, value) {
            (Field::HasDashboardAccess, ProfileValue::Always(no))
                if no == "false" && !fields.contains(&Field::Level) =>
            {
                ProfileValue::ForAdmins
            }
            _ => value.clone(),
        };
        let only = |profile: Profile| {
            let kept = profile.iter().filter(|(field, _)| fields.contains(field));
            Profile::of(kept.map(|(field, value)| (field, least(field, value))))
        };
        let default = only(least_privilege(None));
        let own = roles.into_iter().map(|role| (role, only(least_privilege(Some(role)))));
        Profiles { by_role: own.filter(|(_, profile)| *profile != default).collect(), default }
    }

    /// The profile of a role: its own, or everybody else's.
    pub(crate) fn of(&self, role: Option<ClinicRole>) -> &Profile {
        role.and_then(|role| self.by_role.get(&role)).unwrap_or(&self.default)
    }

    /// Takes over `FIELD=VALUE`, as a person types it, for a role or for everybody else.
    ///
    /// # Errors
    /// In words: no field of a profile, or a value that it cannot have.
    pub(crate) fn assign(&mut self, role: Option<ClinicRole>, text: &str) -> Result<(), String> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| format!("\"{text}\" is not of the form FIELD=VALUE, as in level=admin"))?;
        let comparable = name.trim().to_lowercase().replace('-', "_");
        let field = PROFILE_FIELDS.into_iter().find(|field| field.name() == comparable).ok_or_else(|| {
            let fields = PROFILE_FIELDS.map(Field::name).join(", ");
            format!("\"{}\" is none of {fields}", name.trim())
        })?;
        let value = match value.trim() {
            WITH_NPI if field == Field::CanCreateReports => ProfileValue::WithNpi,
            FOR_ADMINS if field == Field::HasDashboardAccess => ProfileValue::ForAdmins,
            value => {
                let checked = checked(field, value, "", field.name());
                ProfileValue::Always(checked.map_err(|error| format!("\"{text}\" cannot be used. {}", error.hint()))?)
            }
        };
        let default = self.default.clone();
        let profile = match role {
            Some(role) => self.by_role.entry(role).or_insert(default),
            None => &mut self.default,
        };
        profile.set(field, value);
        Ok(())
    }

    /// Everybody whose profile says that they are admins without access to the dashboard, which admins must have.
    pub(crate) fn admins_without_dashboard(&self) -> Vec<Option<ClinicRole>> {
        let says = |profile: &Profile, field, word: &str| {
            profile.get(field).is_some_and(|value| *value == ProfileValue::Always(word.to_owned()))
        };
        let wrong = |profile: &Profile| {
            says(profile, Field::Level, "admin") && says(profile, Field::HasDashboardAccess, "false")
        };
        let roles = self.by_role.iter().filter(|(_, profile)| wrong(profile)).map(|(role, _)| Some(*role));
        roles.chain(wrong(&self.default).then_some(None)).collect()
    }
}

impl ColumnPlan {
    /// Of a roster's roles, those that fall to `[profiles.default]` where a proposal would give them more, and what that is.
    pub(crate) fn short_of_a_profile(
        &self,
        roles: impl IntoIterator<Item = ClinicRole>,
    ) -> Vec<(ClinicRole, Vec<String>)> {
        let default = &self.file.default_profile;
        let refused = ProfileValue::Always("false".to_owned());
        let by_column = |field| self.sources.get(&Target::Field(field)).is_some_and(|columns| !columns.is_empty());
        let fields: Vec<Field> = PROFILE_FIELDS
            .into_iter()
            .filter(|field| !by_column(*field) && default.get(*field) == Some(&refused))
            .collect();
        let without = roles.into_iter().filter(|role| !self.file.profiles.contains_key(role));
        let more = |profile: &Profile| -> Vec<String> {
            let given = profile.iter().filter(|(_, value)| **value != refused);
            given
                .map(|(field, value)| {
                    if *value == ProfileValue::WithNpi {
                        format!("{field} = \"{WITH_NPI}\"")
                    } else {
                        format!("{field} = true")
                    }
                })
                .collect()
        };
        let proposed = Profiles::least(&fields, without).by_role;
        proposed.iter().map(|(role, profile)| (*role, more(profile))).filter(|(_, more)| !more.is_empty()).collect()
    }
}

impl MappingFile {
    /// Adds what roles bring; what the file says already stays.
    pub(crate) fn add_profiles(&mut self, profiles: &Profiles) {
        let add = |profile: &mut Profile, more: &Profile| {
            for (field, value) in more.iter() {
                if profile.get(field).is_none() {
                    profile.set(field, value.clone());
                }
            }
        };
        for (role, more) in &profiles.by_role {
            add(self.profiles.entry(*role).or_default(), more);
        }
        add(&mut self.default_profile, &profiles.default);
    }
}

/// Those who read studies create reports, if they have an NPI; those who make the images manage studies; nobody else may
/// anything.
fn least_privilege(role: Option<ClinicRole>) -> Profile {
    let reads_studies = matches!(role, Some(ClinicRole::Radiologist | ClinicRole::NuclearMedicinePhysician));
    let manages_studies = reads_studies || matches!(role, Some(ClinicRole::ImagingTechnologist));
    let always = |allowed: bool| ProfileValue::Always(allowed.to_string());
    Profile::of([
        (Field::Level, ProfileValue::Always("member".to_owned())),
        (Field::CanCreateReports, if reads_studies { ProfileValue::WithNpi } else { always(false) }),
        (Field::CanManageStudies, always(manages_studies)),
        (Field::HasDashboardAccess, always(manages_studies)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least() -> Profiles {
        Profiles::least(&PROFILE_FIELDS, [ClinicRole::Radiologist, ClinicRole::Scribe])
    }

    #[test]
    fn admins_by_a_column_get_the_dashboard_they_must_have() {
        let by_column = Profiles::least(&[Field::HasDashboardAccess], [ClinicRole::Radiologist, ClinicRole::Scribe]);
        assert_eq!(by_column.default.get(Field::HasDashboardAccess), Some(&ProfileValue::ForAdmins));
        assert_eq!(least().default.get(Field::HasDashboardAccess), Some(&ProfileValue::Always("false".to_owned())));
    }

    #[test]
    fn only_roles_that_need_more_get_a_line_of_their_own() {
        assert_eq!(least().by_role.keys().collect::<Vec<_>>(), [&ClinicRole::Radiologist]);
        let reports = least().by_role[&ClinicRole::Radiologist].get(Field::CanCreateReports).cloned();
        assert_eq!(reports, Some(ProfileValue::WithNpi));
        assert!(Profiles::least(&[], [ClinicRole::Radiologist]).default.is_empty());
    }

    #[test]
    fn a_person_can_change_a_line_or_give_a_role_its_own() {
        let mut profiles = least();
        profiles.assign(Some(ClinicRole::ITAdministrator), "level = Admin").unwrap();
        profiles.assign(None, "has-dashboard-access=yes").unwrap();
        let own = profiles.of(Some(ClinicRole::ITAdministrator));
        assert_eq!(own.get(Field::Level), Some(&ProfileValue::Always("admin".to_owned())));
        assert_eq!(own.get(Field::HasDashboardAccess), Some(&ProfileValue::Always("false".to_owned())));
        assert_eq!(profiles.admins_without_dashboard(), [Some(ClinicRole::ITAdministrator)]);
        let everybody = profiles.of(Some(ClinicRole::Scribe)).get(Field::HasDashboardAccess);
        assert_eq!(everybody, Some(&ProfileValue::Always("true".to_owned())));
        for (text, words) in [
            ("can_create_report=yes", "none of level, can_create_reports, "),
            ("level=owner", "\"level=owner\" cannot be used. Write admin or member."),
            ("level", "not of the form FIELD=VALUE"),
        ] {
            let error = profiles.assign(None, text).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
