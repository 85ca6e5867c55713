using System.Globalization;

namespace QuickStart;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(string Path, string? Redis, int Workers, bool Plain)
{
    public const string Usage = "usage: QuickStart [--path DIR] [--redis CONNECTION] [--workers N] [--plain]";

    public static Arguments? TryParse(string[] args, out string problem)
    {
        var parsed = new Arguments(FindRepository(), Redis: null, Workers: 8, Plain: Console.IsOutputRedirected);
        problem = "";
        for (var i = 0; i < args.Length && problem.Length == 0; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--plain":
                    parsed = parsed with { Plain = true };
                    continue;
                case "--path" when Directory.Exists(value):
                    parsed = parsed with { Path = value };
                    break;
                case "--redis" when value is not null:
                    parsed = parsed with { Redis = value };
                    break;
                case "--workers" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers is >= 1 and <= 1000:
                    parsed = parsed with { Workers = workers };
                    break;
                case "--path":
                    problem = $"--path needs a folder that exists, not '{value}'";
                    break;
                case "--workers":
                    problem = $"--workers needs a number from 1 to 1000, not '{value}'";
                    break;
                default:
                    problem = $"'{args[i]}' is not an option, or its value is missing";
                    break;
            }

            i++;
        }

        return problem.Length == 0 ? parsed : null;
    }

    /// <summary>The folder that holds the solution, from here upwards; else the current one.</summary>
    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("*.sln").Any())
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
