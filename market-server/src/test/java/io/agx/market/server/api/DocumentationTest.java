package io.agx.market.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.agx.market.core.protocol.CloseCode;
import io.agx.market.core.protocol.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages for people that say again what is said elsewhere: they say the same. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..");

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file), StandardCharsets.UTF_8);
    }

    @Test
    void operatorsAreToldOfEveryCloseCodeAndEveryError() throws IOException {
        String chapter =
                read("docs/OPERATIONS.md").split("## 8\\. Close codes")[1].split("\n## ")[0];
        List<String> told = new ArrayList<>();
        chapter.lines().filter(line -> line.matches("\\| [`0-9].*")).forEach(line -> {
            String[] cells = line.split(" \\| ");
            assertThat(cells).as(line).hasSize(4);
            assertThat(cells[3]).as(line).hasSizeGreaterThan(8);
            told.add(cells[0] + " | " + cells[1] + " | " + cells[2]);
        });
        List<String> codes = new ArrayList<>();
        for (CloseCode code : CloseCode.values()) {
            codes.add("| " + code.code() + " | " + code.sentence() + " | " + (code.reconnect() ? "yes" : "no"));
        }
        for (ErrorCode code : ErrorCode.values()) {
            codes.add("| `" + code.code() + "` | " + code.sentence() + " | " + (code.temporary() ? "yes" : "no"));
        }

        assertThat(told).isEqualTo(codes);
    }

    /** So that what the page shows is what {@code QuickStartIT} runs. */
    @Test
    void theQuickStartsOfThePageAreTheFilesThatAreRun() throws IOException {
        String page = read("docs/QUICKSTART.md");
        List<String> shown = blocks(page).stream()
                .map(block -> block.substring(block.indexOf('\n') + 1))
                .toList();
        List<String> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(ROOT.resolve("docs/quickstart"))) {
            for (Path file : all.toList()) {
                files.add(Files.readString(file, StandardCharsets.UTF_8));
                assertThat(page).contains("docs/quickstart/" + file.getFileName());
            }
        }

        assertThat(shown).hasSizeGreaterThan(5).containsExactlyInAnyOrderElementsOf(files);
    }

    @Test
    void theChineseReadmeHasTheCommandsProgramsNumbersAndLinksOfTheEnglishOne() throws IOException {
        String english = read("README.md");
        String chinese = read("README.zh-CN.md");

        assertThat(blocks(chinese)).isEqualTo(blocks(english));
        assertThat(indented(chinese)).isEqualTo(indented(english)).hasSizeGreaterThan(10);
        assertThat(links(chinese).stream()
                        .filter(link -> !link.startsWith("README"))
                        .toList())
                .isEqualTo(links(english).stream()
                        .filter(link -> !link.startsWith("README"))
                        .toList());
        assertThat(english).contains("](README.zh-CN.md)");
        assertThat(chinese).contains("](README.md)");
        assertThat(count(chinese, "(?m)^#")).isEqualTo(count(english, "(?m)^#"));
        assertThat(count(chinese, "(?m)^\\|")).isEqualTo(count(english, "(?m)^\\|"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"README.md", "README.zh-CN.md", "docs/QUICKSTART.md", "docs/PROTOCOL.md", "docs/OPERATIONS.md"})
    void everyLinkLeadsSomewhere(String page) throws IOException {
        assertThat(links(read(page)))
                .filteredOn(link -> !link.contains("://") && !link.startsWith("#"))
                .allSatisfy(link -> assertThat(ROOT.resolve(page).resolveSibling(link.split("#")[0]))
                        .exists());
    }

    private static int count(String text, String regex) {
        return (int) Pattern.compile(regex).matcher(text).results().count();
    }

    /** What stands between fences, with the language in its first line. */
    private static List<String> blocks(String markdown) {
        List<String> blocks = new ArrayList<>();
        Matcher block = Pattern.compile("(?ms)^```([a-z]+\n.*?)^```$").matcher(markdown);
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    /** Commands: lines that are indented by four blanks, outside of fences. */
    private static List<String> indented(String markdown) {
        return markdown.replaceAll("(?ms)^```.*?^```$", "")
                .lines()
                .filter(line -> line.startsWith("    "))
                .toList();
    }

    private static List<String> links(String markdown) {
        List<String> links = new ArrayList<>();
        Matcher link = Pattern.compile("\\]\\(([^)\\s]+)\\)").matcher(markdown.replaceAll("(?ms)^```.*?^```$", ""));
        while (link.find()) {
            links.add(link.group(1));
        }
        return links;
    }
}
