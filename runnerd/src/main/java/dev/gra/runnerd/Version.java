package dev.gra.runnerd;

/** This program's version. */
final class Version {
  static final String TEXT = implementationVersion();

  private static String implementationVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }

  private Version() {}
}
