using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TradingPlatform.Tests;

/// <summary>The sample as a process of its own, with the embedded server, on a free loopback port: what a client of it sees.</summary>
public sealed partial class PlatformProcess : IAsyncLifetime
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("trading-platform-tests-");
    private Process? _process;

    public HttpClient Client { get; } = new();

    public string Output => string.Join('\n', _output);

    public ValueTask InitializeAsync() => StartAsync();

    /// <summary>Starts it, and waits until it listens.</summary>
    public async ValueTask StartAsync(params string[] more)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[typeof(Mail.Email).Assembly.Location, "--urls", "http://127.0.0.1:0", .. more])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR"] = _scratch.FullName; // It is killed, and leaves its files behind.
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            Client.BaseAddress = await _address.Task.WaitAsync(StartBound, TimeProvider.System);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException("The sample does not listen. It said:\n" + Output, e);
        }
    }

    public async Task<JsonElement> GetAsync(string path, int status = 200)
        => await ReadAsync(await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken), status);

    public async Task<JsonElement> PostAsync(string path, object? body = null, int status = 200)
        => await ReadAsync(await Client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body ?? new { }, TestContext.Current.CancellationToken), status);

    public async Task<JsonElement> DeleteAsync(string path, int status = 200)
        => await ReadAsync(await Client.DeleteAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken), status);

    /// <summary>Runs a job to its end.</summary>
    public async Task<JsonElement> RunAsync(string name, object? args = null)
    {
        var id = (await PostAsync("/api/v1/jobs/enqueue", new { name, args = args ?? new { } }, 201)).GetProperty("job_id").GetString();
        return await EndAsync(id!);
    }

    /// <summary>Waits for the end of a job.</summary>
    public Task<JsonElement> EndAsync(string id) => GetAsync($"/api/v1/jobs/job/{id}/result?wait=30");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true); // Also its server.
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _scratch.Delete(recursive: true);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).Should().Be(status, "the answer was {0}", text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["address"].Value));
        }
    }

    [GeneratedRegex("Now listening on: (?<address>http://[0-9.:]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Listening();
}
