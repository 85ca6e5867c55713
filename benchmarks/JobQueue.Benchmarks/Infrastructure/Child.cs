using System.Diagnostics;
using System.Globalization;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>A process that is told what to do in lines and answers in lines, and ends when nothing more is said to it.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const string Answer = "> ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;

    private Child(Process process) => _process = process;

    /// <summary>Starts this program again.</summary>
    public static Child StartSelf(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? Start(program, [typeof(Child).Assembly.Location, .. arguments])
            : Start(program, arguments);
    }

    public static Child Start(string program, IEnumerable<string> arguments, string? directory = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = directory ?? "" };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new Child(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    /// <summary>The next answer; other lines are skipped, because libraries may print what they like.</summary>
    public async Task<string> ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience, TimeProvider.System) is { } line)
        {
            if (line.StartsWith(Answer, StringComparison.Ordinal))
            {
                return line[Answer.Length..];
            }
        }

        throw new InvalidOperationException($"{_process.StartInfo.FileName} ended and should not have.");
    }

    /// <summary>The child's side: answers each line until there are no more.</summary>
    public static async Task ServeAsync(Func<string[], Task<string>> answer)
    {
        // On a thread of its own: reading the console blocks, and the pool's few threads are what is measured.
        while (await Task.Factory.StartNew(Console.ReadLine, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default) is { } line)
        {
            Console.WriteLine(Answer + await answer(line.Split(' ')));
        }
    }

    public static string Text(IEnumerable<double> numbers) => string.Join(' ', numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)));

    public static double[] Numbers(string line)
        => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static part => double.Parse(part, CultureInfo.InvariantCulture))];

    /// <summary>Ends it as a machine that dies does: it can say nothing more.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
