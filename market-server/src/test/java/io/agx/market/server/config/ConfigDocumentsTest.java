package io.agx.market.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written about the keys is made of them: with {@code -Dmarket.docs.write=true} these tests write it. */
class ConfigDocumentsTest {
    private static final boolean WRITE = Boolean.getBoolean("market.docs.write");
    private static final String RENEW = "renew it: mvn test -pl market-server -am -Dtest=ConfigDocumentsTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dmarket.docs.write=true";
    private static final Path HANDBOOK = Path.of("..", "docs", "OPERATIONS.md");
    private static final Path REFERENCE = Path.of("src", "main", "dist", "conf", "market.conf");
    private static final String BEGIN = "<!-- keys: made by ConfigDocumentsTest -->\n";
    private static final String END = "<!-- end of keys -->\n";

    @TempDir
    private Path folder;

    @Test
    void theHandbookHasEveryKey() throws IOException {
        String handbook = Files.readString(HANDBOOK);
        int begin = handbook.indexOf(BEGIN) + BEGIN.length();
        int end = handbook.indexOf(END);
        if (WRITE) {
            Files.writeString(HANDBOOK, handbook.substring(0, begin) + table() + handbook.substring(end));
            return;
        }

        assertThat(handbook.substring(begin, end)).as(RENEW).isEqualTo(table());
    }

    @Test
    void theReferenceFileHasEveryKeyAtItsDefault() throws IOException {
        if (WRITE) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, ConfigReference.text());
            return;
        }
        String text = Files.readString(REFERENCE);
        assertThat(text).as(RENEW).isEqualTo(ConfigReference.text());

        Path used = Files.writeString(folder.resolve("used.conf"), text.replaceAll("(?m)^#(?=[a-z])", ""));
        LoadedConfig loaded = ConfigSources.ofCommandLine(used.toString(), name -> null, Map.of())
                .load();
        assertThat(loaded.config()).isEqualTo(MarketConfig.defaults(Path.of("data")));
        assertThat(loaded.settings().all()).allMatch(setting -> setting.origin().startsWith(used.toString()));
        LoadedConfig unused = ConfigSources.ofCommandLine(REFERENCE.toString(), name -> null, Map.of())
                .load();
        assertThat(unused.settings().all()).allMatch(Setting::isDefault);
    }

    private static String table() {
        StringBuilder text = new StringBuilder(
                "| key | value | default | effect | reload | option, variable |\n|---|---|---|---|---|---|\n");
        for (Key<?> key : Keys.ALL) {
            List<String> names = new ArrayList<>(key.options());
            if (!key.isFileOnly()) {
                names.add(key.variable());
            }
            text.append("| `").append(key.name()).append("` | ").append(key.briefValues());
            text.append(" | ").append(key.shownDefault().equals("none") ? "none" : "`" + key.shownDefault() + "`");
            text.append(" | ").append(key.effect().replace("|", "\\|").replace("*", "\\*"));
            if (key.isEmbeddedOnly()) {
                text.append(" Not in a WAR.");
            }
            text.append(" | ").append(key.isReloadable() ? "yes" : "");
            text.append(" | ")
                    .append(names.stream().map(name -> '`' + name + '`').collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
        return text.toString();
    }
}
