using JobQueue.Redis;
using JobQueue.Scheduling;

namespace JobQueue.Core.Tests.Scheduling;

public sealed class RecurringPlanTests
{
    private const long Hour = 3_600_000;
    private const long Now = 1_800_000_000_000;
    private const long Created = Now - (100 * Hour);

    private static readonly JobSchedule Hourly = JobSchedule.Every(TimeSpan.FromHours(1));

    [Fact]
    public void A_new_one_fires_at_its_first_time()
    {
        var put = RecurringPlan.Put(new RecurringRow("x", [], "", null), Define(Hourly), Now);

        (put.Due, put.Replaced.Length, put.IsEnabled).Should().Be(($"{Now + Hour}", 0, true));
    }

    [Fact]
    public void One_with_the_same_timetable_keeps_its_time_whatever_else_has_changed()
        => RecurringPlan.Put(Row(Define(Hourly), due: Now + 5), Define(Hourly) with { Queue = "mail" }, Now).Due.Should().Be(PutRecurringScript.Keep);

    [Fact]
    public void One_with_another_timetable_fires_by_that_and_an_interval_goes_on_from_its_last_time()
    {
        var changed = JobSchedule.Every(TimeSpan.FromHours(2));

        RecurringPlan.Put(Row(Define(Hourly), due: Now + 5, last: Now - 5), Define(changed), Now).Due.Should().Be($"{Now - 5 + (2 * Hour)}");
        RecurringPlan.Put(Row(Define(Hourly), due: Now + 5), Define(changed), Now).Due.Should().Be($"{Now + (2 * Hour)}");
        RecurringPlan.Put(Row(Define(changed), due: Now + 5, last: Now - (3 * Hour) - 5), Define(Hourly), Now).Due.Should().Be($"{Now + Hour - 5}");
    }

    [Fact]
    public void One_that_was_off_by_its_definition_goes_on_when_the_definition_says_so()
        => RecurringPlan.Put(Row(Define(Hourly) with { IsEnabled = false }, due: null, last: Now - 5), Define(Hourly), Now).Due.Should().Be($"{Now + Hour - 5}");

    [Fact]
    public void A_single_time_that_has_fired_does_not_fire_again()
    {
        var once = JobSchedule.Once(At(Now - Hour));

        RecurringPlan.Put(Row(Define(once), due: null, last: Now - Hour), Define(once), Now).Due.Should().Be(PutRecurringScript.None);
        RecurringPlan.Put(Row(Define(once), due: null), Define(once), Now).Due.Should().Be($"{Now - Hour}", "it never has");
    }

    [Fact]
    public void Missed_occurrences_fire_once_with_the_time_of_the_latest()
    {
        var fire = Fire(Define(Hourly), due: Now - (5 * Hour));

        fire.Fire.Should().Equal(At(Now));
        (fire.Latest, fire.Next).Should().Be((At(Now), At(Now + Hour)));
    }

    [Theory]
    [InlineData(59_000, true)]
    [InlineData(61_000, false)]
    public void Skip_fires_what_is_less_than_a_minute_late_and_moves_on_from_the_rest(long lateMs, bool fires)
    {
        var fire = Fire(Define(Hourly) with { Misfire = MisfirePolicy.Skip }, due: Now - lateMs - Hour);

        fire.Fire.Should().Equal(fires ? [At(Now - lateMs)] : []);
        fire.Next.Should().Be(At(Now - lateMs + Hour));
    }

    [Fact]
    public void Catch_up_fires_the_latest_up_to_its_bound()
    {
        var define = Define(Hourly) with { Misfire = MisfirePolicy.CatchUp, MaxCatchUp = 3 };

        Fire(define, due: Now - (5 * Hour)).Fire.Should().Equal(At(Now - (2 * Hour)), At(Now - Hour), At(Now));
        Fire(define with { Overlap = OverlapPolicy.SkipIfRunning }, due: Now - (5 * Hour)).Fire.Should().Equal([At(Now)], "the others would run beside it");
    }

    [Fact]
    public void An_occurrence_has_one_id_and_another_one_when_its_name_is_registered_anew()
    {
        var state = RecurringState.TryParse($"||||0||{Created}|")!;

        RecurringPlan.IdOf("x", state, At(Now)).Should().Be(RecurringPlan.IdOf("x", state, At(Now).ToOffset(TimeSpan.FromHours(2))));
        new[]
        {
            RecurringPlan.IdOf("x", state, At(Now)), RecurringPlan.IdOf("y", state, At(Now)), RecurringPlan.IdOf("x", state, At(Now + 1)),
            RecurringPlan.IdOf("x", state with { Created = Created + 1 }, At(Now)),
        }.Should().OnlyHaveUniqueItems();
    }

    private static DueOccurrences Fire(RecurringDefinition definition, long due) => RecurringPlan.Fire(definition, definition.Timetable!.Value, due, Now);

    private static RecurringDefinition Define(JobSchedule schedule) => RecurringDefinition.From("work", "", schedule, "{}"u8.ToArray(), new RecurringJobOptions());

    private static RecurringRow Row(RecurringDefinition definition, long? due, long? last = null)
        => new("x", RecurringDefinitionJson.Write(definition), $"|{last}|||0||{Created}|", due);

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
