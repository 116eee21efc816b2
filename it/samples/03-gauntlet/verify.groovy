import groovy.json.JsonSlurper

// The result files say what ran: each preset under each profile, and nothing but the gauntlet.
def ran = []
new File(basedir, "target/ktstr").eachFileRecurse { file ->
    if (file.name.endsWith(".ktstr.json")) {
        def result = new JsonSlurper().parse(file)
        assert result.preset != null : "${file} is of no preset"
        assert result.verdict == "pass" : "${file}: ${result.verdict} ${result.details}"
        ran << "${result.preset}/${result.profile.join('+') ?: 'default'}".toString()
    }
}
def presets = ["tiny-1llc", "tiny-2llc", "odd-3llc", "smt-2llc", "smt-3llc", "numa2-4llc"]
assert ran.toSorted() == presets.collectMany { ["$it/default".toString(), "$it/slow".toString()] }.toSorted()

// The list, made after the run, knows what each variant cost.
def log = new File(basedir, "build.log").text
assert log =~ /gauntlet\/everyLlcRunsItsOwn\/smt-2llc\/slow +1n2l2c2t +8 +scx-ktstr +\d+ s +run/
assert log =~ /13 variants: 12 run in about \d+ s, 0 skipped, 1 left out/
return true
