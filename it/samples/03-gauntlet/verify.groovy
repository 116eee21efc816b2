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
return true
