using System.Text.RegularExpressions;
using JobQueue.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JobQueue.Core.Tests.Architecture;

/// <summary>
/// Rules about which file may do what. They look at the text of the source, so they catch habits, not intent: an exception
/// has a line in a list here with its reason.
/// </summary>
public sealed partial class ArchitectureTests
{
    /// <summary>A folder may use those of its own row and of the rows above it. The root, which wires all, is free.</summary>
    private static readonly string[][] Layers =
    [
        ["Diagnostics"],
        ["Redis"],
        ["Jobs"],
        ["Retries", "Handlers", "Enqueueing"],
        ["DeadLetters", "Monitoring", "Scheduling"],
        ["Workers"],
        [""],
    ];

    /// <summary>Files outside Redis/ that know a type of the client.</summary>
    private static readonly Dictionary<string, string> KnowTheClient = new()
    {
        ["JobQueueOptions.cs"] = "a host may pass its own connection",
        ["Diagnostics/Errors.cs"] = "says which kind of connection failure it was",
        ["Enqueueing/EnqueueLane.cs"] = "keeps the arguments of a call, to send them again unchanged",
    };

    /// <summary>Files of more than 400 lines.</summary>
    private static readonly Dictionary<string, string> MayBeLong = new()
    {
    };

    /// <summary>Options that no container holds: they are checked where they are used.</summary>
    private static readonly Dictionary<Type, string> CheckedWhereUsed = new()
    {
        [typeof(EnqueueOptions)] = "EnqueueRules.cs",
        [typeof(WorkerPoolOptions)] = "JobQueueOptions.cs",
        [typeof(RecurringJobOptions)] = "RecurringRules.cs",
        [typeof(JobHandlerOptions)] = "HandlerRegistration.cs",
        [typeof(EmbeddedRedisOptions)] = "EmbeddedRedisOptions.cs",
    };

    [Fact]
    public void A_folder_uses_only_folders_below_it()
    {
        var level = Layers.SelectMany(static (row, at) => row.Select(folder => (folder, at))).ToDictionary(static row => row.folder, static row => row.at);

        SourceFile.OfCore.Select(static file => file.Folder).Distinct().Should().BeSubsetOf(level.Keys, "each folder has its layer");
        SourceFile.OfCore
            .SelectMany(static file => UsedFolder().Matches(file.Code).Select(used => (file, Used: used.Groups["folder"].Value)))
            .Where(use => level[use.file.Folder] < level[use.Used])
            .Select(static use => $"{use.file.Path} uses {use.Used}")
            .Should().BeEmpty();
    }

    [Fact]
    public void Only_the_folder_Redis_knows_the_client()
        => SourceFile.OfCore
            .Where(static file => file.Folder != "Redis" && file.Code.Contains("using StackExchange.Redis", StringComparison.Ordinal))
            .Select(static file => file.Path)
            .Should().BeEquivalentTo(KnowTheClient.Keys);

    [Fact]
    public void Only_the_folder_Redis_names_commands_keys_and_scripts()
        => SourceFile.OfCore
            .Where(static file => file.Folder != "Redis")
            .SelectMany(static file => StoreWord().Matches(file.Code).Select(word => $"{file.Path} says {word.Value}"))
            .Should().BeEmpty();

    [Fact]
    public void Only_RedisShard_sends_commands()
        => SourceFile.OfCore
            .Where(static file => file.Path is not ("Redis/RedisShard.cs" or "Redis/RedisLink.cs"))
            .SelectMany(static file => Command().Matches(file.Code).Select(word => $"{file.Path} calls {word.Value}"))
            .Should().BeEmpty();

    [Fact]
    public void Only_RedisKeys_joins_keys()
        => SourceFile.OfCore
            .Where(static file => file.Path != "Redis/RedisKeys.cs")
            .SelectMany(static file => JoinedKey().Matches(file.Code).Select(word => $"{file.Path} joins {word.Value}"))
            .Should().BeEmpty();

    [Fact]
    public void Every_options_class_is_checked()
    {
        using var services = new ServiceCollection().AddJobQueue().Services.BuildServiceProvider();
        var options = new[] { typeof(IJobQueue).Assembly, typeof(EmbeddedRedis).Assembly }
            .SelectMany(static assembly => assembly.GetExportedTypes())
            .Where(static type => type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Options", StringComparison.Ordinal));

        foreach (var type in options)
        {
            var validated = services.GetServices(typeof(IValidateOptions<>).MakeGenericType(type)).Any();
            (validated || CheckedWhereUsed.ContainsKey(type)).Should().BeTrue($"{type.Name} has a validator, or a line that says where it is checked");
        }
    }

    [Fact]
    public void The_lists_of_this_class_name_files_that_exist()
    {
        var names = SourceFile.All.Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);

        KnowTheClient.Keys.Concat(MayBeLong.Keys).Should().OnlyContain(path => names.Contains(path));
        CheckedWhereUsed.Values.Should().OnlyContain(file => names.Any(name => name.EndsWith(file, StringComparison.Ordinal)));
    }

    [Fact]
    public void No_file_is_long_without_a_reason()
        => SourceFile.All
            .Where(static file => file.Lines.Count > 400 && !MayBeLong.ContainsKey(file.Path))
            .Select(static file => $"{file.Project}/{file.Path} has {file.Lines.Count} lines")
            .Should().BeEmpty();

    [Fact]
    public void No_comment_leaves_work_to_do()
        => SourceFile.All
            .Where(static file => file.Lines.Any(static line => Unfinished().IsMatch(line)))
            .Select(static file => file.Path)
            .Should().BeEmpty();

    [GeneratedRegex("(using|=|\\() ?JobQueue\\.(?<folder>Diagnostics|Redis|Jobs|Scheduling|Retries|Handlers|Enqueueing|DeadLetters|Monitoring|Workers)\\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex UsedFolder();

    [GeneratedRegex("\\b(RedisScripts|RedisKeys|RedisKey|ScriptKeys|IDatabase|ISubscriber|IServer)\\b|\\.Keys\\.Root\\b|\"(EVAL|EVALSHA|SCAN|HSCAN|LRANGE|HGET|GET|SET|ZRANGE|PUBLISH)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex StoreWord();

    [GeneratedRegex("\\b(ScriptEvaluate(Async)?|GetSubscriber|_database\\.[A-Za-z]+)\\b|\\b(?<!pipeline\\.)Execute(Async)?\\(\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Command();

    [GeneratedRegex("Root \\+ [^;]*|Root\\}:[^;]*|\\+ \":[a-z][^;]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex JoinedKey();

    [GeneratedRegex("\\b(TODO|FIXME|HACK|XXX)\\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Unfinished();
}
