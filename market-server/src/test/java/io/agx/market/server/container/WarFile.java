package io.agx.market.server.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The WAR that the build made. */
final class WarFile {
    private WarFile() {}

    static Path path() {
        String path = System.getProperty("market.test.war");
        if (path == null || !Files.isRegularFile(Path.of(path))) {
            throw new IllegalStateException("no WAR at market.test.war=" + path + "; run these tests with mvn verify");
        }
        return Path.of(path);
    }

    static List<String> entries() throws IOException {
        try (ZipFile zip = new ZipFile(path().toFile())) {
            return zip.stream().map(ZipEntry::getName).toList();
        }
    }

    /** Unpacks it into a folder and returns the folder. */
    static Path unpack(Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(path().toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                Path target = folder.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(in, target);
                    }
                }
            }
        }
        return folder;
    }
}
