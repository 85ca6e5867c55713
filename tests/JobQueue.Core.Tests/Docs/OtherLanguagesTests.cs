using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Docs;

/// <summary>The programs of docs/other-languages.md, run as they stand there with a client of a few lines, against a server with a worker.</summary>
public sealed class OtherLanguagesTests(TestServer server) : StoreTest(server)
{
    private const string PythonClient = """

        import socket, sys

        class Client:
            def __init__(self, host, port):
                self.stream = socket.create_connection((host, int(port))).makefile("rwb")

            def execute_command(self, *parts):
                parts = [part.encode() for part in parts]
                self.stream.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
                self.stream.flush()
                return self.read()

            def read(self):
                line = self.stream.readline()
                if line[:1] == b"-":
                    raise Exception(line)
                if line[:1] == b"*":
                    return [self.read() for _ in range(int(line[1:]))]
                return line

        client = Client(sys.argv[1], sys.argv[2])
        if sys.argv[4]:
            client.execute_command("AUTH", sys.argv[4])
        print(enqueue(client, "echo", {"number": 7}, root=sys.argv[3]))
        """;

    private const string NodeClient = """

        const socket = require("node:net").connect(Number(process.argv[3]), process.argv[2]);
        const client = {
          sendCommand: (parts) => new Promise((resolve, reject) => {
            socket.once("data", (data) => (data.toString().startsWith("-") ? reject(new Error(data.toString())) : resolve(data.toString())));
            socket.write(`*${parts.length}\r\n` + parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join(""));
          }),
        };
        const ready = process.argv[5] ? client.sendCommand(["AUTH", process.argv[5]]) : Promise.resolve();
        ready.then(() => enqueue(client, "echo", { number: 7 }, { root: process.argv[4] })).then((id) => { console.log(id); socket.destroy(); });
        """;

    [Theory]
    [InlineData("python", "python3", "py", PythonClient)]
    [InlineData("js", "node", "js", NodeClient)]
    public async Task A_job_that_a_program_in_another_language_has_stored_runs(string language, string interpreter, string extension, string client)
    {
        SkipUnlessReachable(interpreter);
        await using var host = await TestHost.StartAsync(
            Server, static jobs => jobs.AddJobHandler<Numbered, int>("echo", static (args, _, _) => Task.FromResult(args.Number)), o => o.KeyPrefix = Store.Prefix);
        var folder = Directory.CreateTempSubdirectory("other-languages-");
        try
        {
            var program = Path.Combine(folder.FullName, "enqueue." + extension);
            await File.WriteAllTextAsync(program, CodeOf(language) + client, TestContext.Current.CancellationToken);

            var id = JobId.Parse(await RunAsync(interpreter, program));

            (await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Should().Be(7);
            var job = (await host.Jobs.GetAsync(id, TestContext.Current.CancellationToken))!;
            (job.Name, job.Queue, job.Priority, job.State).Should().Be(("echo", "default", JobPriority.Normal, JobState.Completed));
            (await host.Monitor.VerifyAsync(TestContext.Current.CancellationToken)).Violations.Should().BeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void SkipUnlessReachable(string interpreter)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, interpreter)));
        Assert.SkipUnless(isThere, $"{interpreter} is not in PATH.");
    }

    private static string CodeOf(string language)
    {
        var page = Repository.Read("docs", "other-languages.md");
        var begin = page.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private async Task<string> RunAsync(string interpreter, string program)
    {
        var options = ConfigurationOptions.Parse(Server.ConnectionString);
        var (address, output) = ((IPEndPoint)Server.EndPointOf(Store.Root), new StringBuilder());
        var start = new ProcessStartInfo(
            interpreter, [program, address.Address.ToString(), address.Port.ToString(CultureInfo.InvariantCulture), Store.Root, options.Password ?? ""])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        output.Append(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Eventually.EndsAsync(process.WaitForExitAsync(TestContext.Current.CancellationToken));
        process.ExitCode.Should().Be(0, errors);
        return output.ToString().Trim();
    }
}
