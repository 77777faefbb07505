use super::*;

#[test]
fn every_built_in_preset_is_valid_and_has_the_name_of_its_file() {
    for (name, text) in builtin::texts() {
        let preset = Preset::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(preset.name, name);
    }
}
