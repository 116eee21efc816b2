import groovy.json.JsonSlurper

// With -Dktstr.budget=30: a few of the gauntlet's variants, and the build's log says that others were left out.
def ran = 0
new File(basedir, "target/ktstr").eachFileRecurse { file ->
    if (file.name.endsWith(".ktstr.json")) {
        def result = new JsonSlurper().parse(file)
        assert result.preset != null : "${file} is of no preset"
        assert result.verdict == "pass" : "${file}: ${result.verdict} ${result.details}"
        ran++
    }
}
assert ran in 1..6
def log = new File(basedir, "build.log").text
assert log =~ /ktstr: budget 30 s: ${ran} of 12 variants/
assert log =~ /left out: ${12 - ran} variants/
return true
