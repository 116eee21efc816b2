package dev.ktstr.junit;

import org.junit.platform.launcher.LauncherDiscoveryListener;
import org.junit.platform.launcher.LauncherDiscoveryRequest;

/** Sees each request before its tests are looked for, and keeps what its filters ask for. Found as a service. */
public final class DiscoveryWatch implements LauncherDiscoveryListener {
    @Override
    public void launcherDiscoveryStarted(LauncherDiscoveryRequest request) {
        RunState.begin(request);
    }
}
