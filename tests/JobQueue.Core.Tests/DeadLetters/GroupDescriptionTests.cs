using System.Text;
using JobQueue.DeadLetters;

namespace JobQueue.Core.Tests.DeadLetters;

public sealed class GroupDescriptionTests
{
    [Fact]
    public void It_names_the_handler_and_the_error()
    {
        var bytes = GroupDescription.Write("work", new AggregateException(new InvalidDataException("a \"bad\" row")));

        Encoding.UTF8.GetString(bytes).Should().Be("""{"handler":"work","error_type":"System.IO.InvalidDataException","error":"a \"bad\" row"}""");
        GroupDescription.Read(bytes).Should().Be(new GroupDescription("work", "System.IO.InvalidDataException", "a \"bad\" row"));
    }

    [Fact]
    public void A_reason_has_no_type()
        => Encoding.UTF8.GetString(GroupDescription.Write("work", null, "Too late.")).Should().Be("""{"handler":"work","error":"Too late."}""");

    [Fact]
    public void The_error_is_cut_to_200_characters_and_never_inside_of_one()
    {
        GroupDescription.Read(GroupDescription.Write("work", null, new string('x', 201))).Error.Should().Be(new string('x', 200));
        GroupDescription.Read(GroupDescription.Write("work", null, new string('x', 199) + "😀")).Error.Should().Be(new string('x', 199));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"handler":7}""")]
    public void A_damaged_description_says_nothing(string text)
        => GroupDescription.Read(Encoding.UTF8.GetBytes(text)).Should().Be(new GroupDescription("", null, null));
}
