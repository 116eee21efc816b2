import groovy.json.JsonSlurper

def folder = new File(basedir, "target/ktstr/verifier")
def sweep = new JsonSlurper().parse(new File(folder, "verifier.json"))
assert sweep.schema == 1
assert sweep.cells.collect { "$it.scheduler/$it.preset".toString() } ==
        ["scx-ktstr/tiny-1llc", "scx-ktstr/smt-2llc", "scx-loop/tiny-1llc", "scx-loop/smt-2llc"]
sweep.cells.each { cell ->
    assert cell.status == "pass" : cell.reasons
    assert new File(cell.folder, "scheduler.log").text.contains("attached ktstr")
    def programs = cell.programs.collectEntries { [it.name, it] }
    assert programs.keySet().containsAll(["ktstr_select_cpu", "ktstr_enqueue", "ktstr_dispatch", "ktstr_init", "ktstr_exit"])
    programs.values().each { assert it.verifiedInsns > 0 && it.jitedBytes > 0 }
    assert cell.programs*.runs.sum() > 0
}
// Two instructions for each round, and more for every ten of them.
def insns = { scheduler -> sweep.cells.find { it.scheduler == scheduler }.programs.find { it.name == "ktstr_dispatch" }.verifiedInsns }
assert insns("scx-loop") - insns("scx-ktstr") > 10000

def suite = new groovy.xml.XmlSlurper().parse(new File(folder, "TEST-ktstr-verifier.xml"))
assert suite.@tests == "4" && suite.@failures == "0"
assert suite.testcase.every { it."system-out".text().contains("ktstr_dispatch") }

def log = new File(basedir, "build.log").text
assert log.contains("verifier sweep: 4 cells, 4 pass, 0 fail, 0 skip")
assert log =~ /scx-loop +\S+ +pass +pass/
return true
