// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/**
 * A Flink within this process, on which the statements of one file run; returns when the last has ended.
 *
 * <pre>java -cp ... Peer FOLDER    with config.yaml and job.sql in it</pre>
 */
public final class Peer {
    public static void main(String[] arguments) throws Exception {
        TableEnvironment flink = TableEnvironment.create(EnvironmentSettings.newInstance()
                .withConfiguration(GlobalConfiguration.loadConfiguration(arguments[0])).build());
        TableResult last = null;

        for (String statement : Files.readString(Path.of(arguments[0], "job.sql")).split(";\n")) {
            if (!statement.isBlank()) {
                last = flink.executeSql(statement);
            }
        }
        last.await();
    }
}
