package dev.ktstr.rules;

/** A scheduler's configuration comes from one place, and a test gives what its scheduler asks for. */
final class ConfigRules {
    private final Findings out;

    ConfigRules(Findings out) {
        this.out = out;
    }

    void check(SchedulerModel s) {
        Attribute<String> file = s.values().string("configFile");
        Attribute<String> arg = s.values().string("configFileArg");
        Attribute<String> path = s.values().string("configFileGuestPath");
        if (file.written() && arg.written()) {
            out.add(
                    Codes.CONFIG_FILE_TWICE,
                    arg.place(),
                    s.display() + " has both configFile and configFileArg",
                    "The first is one file for all tests, the second a template for what each test writes in config",
                    "drop one of them");
        }
        if (arg.written() && !arg.value().contains("{file}")) {
            out.add(
                    Codes.CONFIG_FILE_ARG,
                    arg.place(),
                    arg.text() + " of " + s.display() + " does not hold {file}",
                    "The scheduler would not learn where its configuration is",
                    "write configFileArg = \"--config {file}\"");
        }
        checkGuestPath(s, arg, path);
    }

    private void checkGuestPath(SchedulerModel s, Attribute<String> arg, Attribute<String> path) {
        String problem = null;
        if (path.written() && !path.value().matches("/.*[^/]")) {
            problem = path.text() + " of " + s.display() + " is not the absolute path of a file";
        } else if (path.written() && path.value().matches("(.*/)?\\.\\.(/.*)?")) {
            problem = path.text() + " of " + s.display() + " leads upwards by a \"..\" in it";
        } else if (path.written() && !arg.written()) {
            problem = s.display() + " has configFileGuestPath and no configFileArg";
        } else if (arg.written() && !path.written()) {
            problem = s.display() + " has configFileArg and no configFileGuestPath";
        }
        if (problem != null) {
            out.add(
                    Codes.CONFIG_GUEST_PATH,
                    path.written() ? path.place() : arg.place(),
                    problem,
                    "The test's config is written to that file in the guest, and {file} in configFileArg stands for it",
                    "write both, such as configFileArg = \"--config {file}\" and configFileGuestPath ="
                            + " \"/include-files/config.json\"");
        }
    }

    void check(TestModel test) {
        if (test.scheduler().model().isEmpty()) {
            return;
        }
        SchedulerModel s = test.scheduler().model().get();
        boolean asked = s.values().string("configFileArg").written();
        Attribute<String> config = test.values().string("config");
        if (config.written() && !asked && s.definition().isEmpty()) {
            out.add(
                    Codes.CONFIG_NOT_TAKEN,
                    config.place(),
                    "config of " + test.name() + " goes nowhere: " + s.display() + " has no configFileArg",
                    "The scheduler would run without it",
                    "write configFileArg and configFileGuestPath on " + s.display() + ", or drop config");
        } else if (!config.written() && asked) {
            out.add(
                    Codes.CONFIG_MISSING,
                    test.scheduler().place(),
                    test.name() + " has no config, and " + s.display() + " takes one from each test (configFileArg)",
                    "The scheduler would be started with the path of a file that does not exist",
                    "write config = \"...\" on " + test.name());
        }
    }
}
